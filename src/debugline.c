/* debugline.c - see debugline.h. A reader that never leaves its bytes: what it reads behind their
 * end is zero, and it stops there. */
#include "debugline.h"

#include <elf.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define FILES_MAX 1024  /* source files of one unit */
#define FORMATS_MAX 16  /* parts of a file's entry */

enum { FORM_DATA2 = 0x05, FORM_DATA4 = 0x06, FORM_DATA8 = 0x07, FORM_STRING = 0x08, FORM_BLOCK = 0x09, FORM_DATA1 = 0x0b,
       FORM_STRP = 0x0e, FORM_UDATA = 0x0f, FORM_DATA16 = 0x1e, FORM_LINE_STRP = 0x1f };
enum { CONTENT_PATH = 1 };
enum { OP_EXTENDED, OP_COPY, OP_ADVANCE_PC, OP_ADVANCE_LINE, OP_SET_FILE, OP_SET_COLUMN, OP_NEGATE, OP_BLOCK,
       OP_CONST_ADD_PC, OP_FIXED_ADVANCE_PC };
enum { EXTENDED_END = 1, EXTENDED_ADDRESS = 2 };

struct bytes {
	const uint8_t *at, *end;
};

struct sections {
	struct bytes line, line_strings, strings;
};

/* One unit's table. */
struct unit {
	struct bytes in; /* what is left of it */
	const struct sections *sections;
	unsigned version;
	bool wide;       /* the 64-bit format of DWARF */
	uint8_t step, line_range, opcode_base;
	int8_t line_base;
	uint8_t lengths[256];
	const char *files[FILES_MAX];
	size_t file_count;
};

struct row {
	uint64_t address, file;
	int64_t line;
};

/* ---- bytes ---- */

static uint64_t take(struct bytes *in, size_t size)
{
	uint64_t value = 0;

	if ((size_t)(in->end - in->at) < size) {
		in->at = in->end;
		return 0;
	}
	for (size_t i = 0; i < size && i < 8; i++)
		value |= (uint64_t)in->at[i] << (8 * i);
	in->at += size;
	return value;
}

static uint64_t take_uleb(struct bytes *in)
{
	uint64_t value = 0;

	for (unsigned shift = 0; in->at < in->end; shift += 7) {
		uint8_t byte = *in->at++;

		if (shift < 64)
			value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			break;
	}
	return value;
}

static int64_t take_sleb(struct bytes *in)
{
	uint64_t value = 0;
	uint8_t byte = 0;
	unsigned shift = 0;

	while (in->at < in->end) {
		byte = *in->at++;
		if (shift < 64)
			value |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
		if (!(byte & 0x80))
			break;
	}
	if ((byte & 0x40) && shift < 64)
		value |= ~(uint64_t)0 << shift;
	return (int64_t)value;
}

/* Up to and with its NUL; "" when there is none. */
static const char *take_string(struct bytes *in)
{
	const uint8_t *start = in->at, *nul = memchr(in->at, 0, (size_t)(in->end - in->at));

	in->at = nul ? nul + 1 : in->end;
	return nul ? (const char *)start : "";
}

static const char *string_at(struct bytes section, uint64_t offset)
{
	if (offset >= (uint64_t)(section.end - section.at))
		return "";
	section.at += offset;
	return take_string(&section);
}

static void skip(struct bytes *in, uint64_t size)
{
	in->at = size < (uint64_t)(in->end - in->at) ? in->at + size : in->end;
}

/* ---- the file ---- */

static struct bytes part(const uint8_t *file, size_t size, uint64_t offset, uint64_t length)
{
	if (offset > size || length > size - offset)
		return (struct bytes){file, file};
	return (struct bytes){file + offset, file + offset + length};
}

static bool get_section(const uint8_t *file, size_t size, const Elf64_Ehdr *header, size_t i, Elf64_Shdr *section)
{
	struct bytes from = part(file, size, header->e_shoff, (uint64_t)header->e_shnum * sizeof *section);

	if ((size_t)(from.end - from.at) < (i + 1) * sizeof *section)
		return false;
	memcpy(section, from.at + i * sizeof *section, sizeof *section);
	return true;
}

static bool find_sections(const uint8_t *file, size_t size, struct sections *sections)
{
	Elf64_Ehdr header;
	Elf64_Shdr names, section;
	struct bytes name_bytes;

	if (size < sizeof header)
		return false;
	memcpy(&header, file, sizeof header);
	if (memcmp(header.e_ident, ELFMAG, SELFMAG) || header.e_ident[EI_CLASS] != ELFCLASS64 ||
	    header.e_ident[EI_DATA] != ELFDATA2LSB || !get_section(file, size, &header, header.e_shstrndx, &names))
		return false;
	name_bytes = part(file, size, names.sh_offset, names.sh_size);
	for (size_t i = 0; get_section(file, size, &header, i, &section); i++) {
		const char *name = string_at(name_bytes, section.sh_name);
		struct bytes bytes = part(file, size, section.sh_offset, section.sh_size);

		if (section.sh_type == SHT_NOBITS || section.sh_flags & SHF_COMPRESSED)
			continue;
		if (!strcmp(name, ".debug_line"))
			sections->line = bytes;
		else if (!strcmp(name, ".debug_line_str"))
			sections->line_strings = bytes;
		else if (!strcmp(name, ".debug_str"))
			sections->strings = bytes;
	}
	return sections->line.at < sections->line.end;
}

/* ---- the head of a unit ---- */

static void add_file(struct unit *unit, const char *name)
{
	if (unit->file_count < FILES_MAX)
		unit->files[unit->file_count++] = name;
}

static void read_old_files(struct unit *unit)
{
	const char *name;

	while (*take_string(&unit->in)) /* folders */
		;
	add_file(unit, ""); /* they are counted from 1 */
	while (*(name = take_string(&unit->in))) {
		add_file(unit, name);
		for (int i = 0; i < 3; i++)
			(void)take_uleb(&unit->in); /* folder, time, size */
	}
}

/* The value as a string, or NULL when it is none. False: a form that nobody knows. */
static bool take_form(struct unit *unit, uint64_t form, const char **string)
{
	size_t offset_size = unit->wide ? 8 : 4;

	*string = NULL;
	switch (form) {
	case FORM_STRING: *string = take_string(&unit->in); return true;
	case FORM_LINE_STRP: *string = string_at(unit->sections->line_strings, take(&unit->in, offset_size)); return true;
	case FORM_STRP: *string = string_at(unit->sections->strings, take(&unit->in, offset_size)); return true;
	case FORM_DATA1: (void)take(&unit->in, 1); return true;
	case FORM_DATA2: (void)take(&unit->in, 2); return true;
	case FORM_DATA4: (void)take(&unit->in, 4); return true;
	case FORM_DATA8: (void)take(&unit->in, 8); return true;
	case FORM_DATA16: (void)take(&unit->in, 16); return true;
	case FORM_UDATA: (void)take_uleb(&unit->in); return true;
	case FORM_BLOCK: skip(&unit->in, take_uleb(&unit->in)); return true;
	}
	return false;
}

/* A list of folders, or of files, each described by the same format. */
static bool read_entries(struct unit *unit, bool are_files)
{
	uint64_t content[FORMATS_MAX], form[FORMATS_MAX], count;
	size_t format_count = (size_t)take(&unit->in, 1);

	if (format_count > FORMATS_MAX)
		return false;
	for (size_t i = 0; i < format_count; i++) {
		content[i] = take_uleb(&unit->in);
		form[i] = take_uleb(&unit->in);
	}
	count = take_uleb(&unit->in);
	for (uint64_t entry = 0; entry < count && unit->in.at < unit->in.end; entry++)
		for (size_t i = 0; i < format_count; i++) {
			const char *string;

			if (!take_form(unit, form[i], &string))
				return false;
			if (are_files && content[i] == CONTENT_PATH)
				add_file(unit, string ? string : "");
		}
	return true;
}

static bool read_head(struct unit *unit)
{
	uint64_t head_length;
	const uint8_t *program;

	unit->version = (unsigned)take(&unit->in, 2);
	if (unit->version < 2 || unit->version > 5)
		return false;
	if (unit->version == 5)
		(void)take(&unit->in, 2); /* sizes of an address and of a segment */
	head_length = take(&unit->in, unit->wide ? 8 : 4);
	if (head_length > (uint64_t)(unit->in.end - unit->in.at))
		return false;
	program = unit->in.at + head_length;
	unit->step = (uint8_t)take(&unit->in, 1);
	(void)take(&unit->in, unit->version >= 4 ? 2 : 1); /* operations in an instruction, is_stmt */
	unit->line_base = (int8_t)take(&unit->in, 1);
	unit->line_range = (uint8_t)take(&unit->in, 1);
	unit->opcode_base = (uint8_t)take(&unit->in, 1);
	if (!unit->line_range || !unit->opcode_base)
		return false;
	for (unsigned i = 1; i < unit->opcode_base; i++)
		unit->lengths[i] = (uint8_t)take(&unit->in, 1);
	if (unit->version < 5)
		read_old_files(unit);
	else if (!read_entries(unit, false) || !read_entries(unit, true))
		return false;
	unit->in.at = program;
	return true;
}

/* ---- its rows ---- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The row holds for all addresses up to the next one. */
static void answer(const struct unit *unit, const struct row *row, uint64_t end, struct debugline *places, size_t count)
{
	if (!row->address || row->line <= 0 || row->line > INT32_MAX || row->file >= unit->file_count)
		return; /* (what the linker has thrown away stands at address 0) */
	for (size_t i = 0; i < count; i++)
		if (places[i].address >= row->address && places[i].address < end && !places[i].line[0])
			snprintf(places[i].line, sizeof places[i].line, "%.48s:%d", base_name(unit->files[row->file]),
			         (int)row->line);
}

static void advance(const struct unit *unit, struct row *row, uint64_t operations)
{
	row->address += operations * unit->step;
}

/* Whether the sequence of rows ends with it. */
static bool run_extended(struct unit *unit, struct row *row)
{
	uint64_t length = take_uleb(&unit->in);
	struct bytes in = unit->in;
	uint64_t opcode;

	skip(&unit->in, length);
	in.end = unit->in.at;
	opcode = take(&in, 1);
	if (opcode == EXTENDED_ADDRESS)
		row->address = take(&in, 8);
	return opcode == EXTENDED_END;
}

/* As a program's own lines may say anything, it may go round. */
static void add_line(struct row *row, int64_t more)
{
	row->line = (int64_t)((uint64_t)row->line + (uint64_t)more);
}

/* Does one opcode. Whether it makes a row; *ends: the last of a sequence. */
static bool run_opcode(struct unit *unit, struct row *row, bool *ends)
{
	unsigned opcode = (unsigned)take(&unit->in, 1);

	if (opcode >= unit->opcode_base) {
		unsigned adjusted = opcode - unit->opcode_base;

		advance(unit, row, adjusted / unit->line_range);
		add_line(row, unit->line_base + (int)(adjusted % unit->line_range));
		return true;
	}
	switch (opcode) {
	case OP_EXTENDED: *ends = run_extended(unit, row); return *ends;
	case OP_COPY: return true;
	case OP_ADVANCE_PC: advance(unit, row, take_uleb(&unit->in)); break;
	case OP_ADVANCE_LINE: add_line(row, take_sleb(&unit->in)); break;
	case OP_SET_FILE: row->file = take_uleb(&unit->in); break;
	case OP_CONST_ADD_PC: advance(unit, row, (255u - unit->opcode_base) / unit->line_range); break;
	case OP_FIXED_ADVANCE_PC: row->address += take(&unit->in, 2); break;
	default: /* it says nothing about lines */
		for (unsigned i = 0; i < unit->lengths[opcode]; i++)
			(void)take_uleb(&unit->in);
	}
	return false;
}

static void run(struct unit *unit, struct debugline *places, size_t count)
{
	static const struct row first = {.file = 1, .line = 1};
	struct row row = first, last = {0};

	while (unit->in.at < unit->in.end) {
		bool ends = false;

		if (!run_opcode(unit, &row, &ends))
			continue;
		answer(unit, &last, row.address, places, count);
		last = ends ? (struct row){0} : row;
		row = ends ? first : row;
	}
}

void debugline_find(const void *file, size_t size, struct debugline *places, size_t count)
{
	struct sections sections = {0};

	for (size_t i = 0; i < count; i++)
		places[i].line[0] = '\0';
	if (!find_sections(file, size, &sections))
		return;
	while (sections.line.at < sections.line.end) {
		struct unit unit = {.sections = &sections};
		uint64_t length = take(&sections.line, 4);

		unit.wide = length == 0xffffffff;
		if (unit.wide)
			length = take(&sections.line, 8);
		unit.in = sections.line;
		skip(&sections.line, length);
		unit.in.end = sections.line.at;
		if (read_head(&unit))
			run(&unit, places, count);
	}
}
