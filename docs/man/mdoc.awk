# mdoc.awk - a manual page from its frame (docs/man/NAME.in) and the pages of docs/.
#
#     awk -f mdoc.awk -v top=SOURCE-FOLDER windsock.1.in
#
# A frame is mdoc, written by hand, with lines that are taken out of a page:
#
#     @page docs/trace-language.md        all of it, each heading a subsection
#     @commands docs/commands.md          the sections that are called like a command, each a subsection
#     @section docs/commands.md Files     what stands in one section
#
# So docs/ is the one truth. Understood is what src/markdown.c understands. mdoc(7) wants a new line for
# a new sentence, and no paragraph before a display or list.

function escape(text) {
	gsub(/\\/, "\\e", text)
	return text
}

# Inside of `code`: bold, with hyphens that can be copied.
function code(text) {
	gsub(/\\\|/, "|", text)
	text = escape(text)
	gsub(/-/, "\\-", text)
	return "\\fB" text "\\fR"
}

# A stretch without code and links.
function prose(text,    before, link) {
	gsub(/\\\|/, "|", text)
	text = escape(text)
	while (match(text, /\*\*[^*]+\*\*/))
		text = substr(text, 1, RSTART - 1) "\\fB" substr(text, RSTART + 2, RLENGTH - 4) "\\fR" \
			substr(text, RSTART + RLENGTH)
	while (match(text, /(^|[ (])\*[^* ][^*]*\*/)) {
		before = substr(text, 1, RSTART + index(substr(text, RSTART), "*") - 2)
		link = substr(text, RSTART, RLENGTH)
		sub(/^[ (]?\*/, "", link)
		sub(/\*$/, "", link)
		text = before "\\fI" link "\\fR" substr(text, RSTART + RLENGTH)
	}
	return text
}

function inline(text,    n, i, parts, out, before, link) {
	while (match(text, /\[[^]]*\]\([^)]*\)/)) {
		before = substr(text, 1, RSTART - 1)
		link = substr(text, RSTART + 1, index(substr(text, RSTART), "](") - 2)
		text = before link substr(text, RSTART + RLENGTH)
	}
	n = split(text, parts, "`")
	for (i = 1; i <= n; i++)
		out = out (i % 2 ? prose(parts[i]) : code(parts[i]))
	return out
}

# Text, in lines of less than 80 bytes. None may begin with a control character of roff.
function put(line,    at) {
	while (line != "") {
		at = length(line)
		if (at > 79)
			for (at = 79; at > 1 && substr(line, at, 1) != " "; at--)
				;
		if (at <= 1 && !(at = index(line, " ")))
			at = length(line)
		display(substr(line, 1, at), 1)
		line = substr(line, at + 1)
	}
	fresh = 0
}

# A paragraph, a sentence a line.
function sentences(text,    at) {
	text = inline(text)
	while (match(text, /[.!?]\)? +[A-Z\\]/)) {
		at = RSTART + (substr(text, RSTART + 1, 1) == ")")
		put(substr(text, 1, at))
		text = substr(text, at + 1)
		sub(/^ +/, "", text)
	}
	put(text)
}

function paragraph() {
	if (block == "")
		return
	if (!fresh && !item)
		print ".Pp"
	sentences(block)
	block = ""
}

function end_list() {
	paragraph()
	if (list != "") {
		print ".El"
		fresh = 0
	}
	list = ""
	item = 0
}

function begin_list(kind) {
	if (list == kind)
		return
	end_list()
	print ".Bl " kind
	list = kind
}

function begin_item(kind, text) {
	paragraph()
	begin_list(kind)
	print ".It"
	item = 1
	block = text
}

function display(line, is_text) {
	if (is_text)
		sub(/ +$/, "", line)
	else
		line = escape(line)
	if (line ~ /^[.']/)
		line = "\\&" line
	print line
}

function begin_display() {
	end_list()
	print ".Bd -literal -offset indent"
	shown = 1
}

function end_display() {
	if (!shown)
		return
	print ".Ed"
	shown = 0
	fresh = 0
}

function heading(text) {
	end_list()
	end_display()
	print ".Ss " inline(text)
	fresh = 1
}

# The cells of a row, from cells[1]; 0 for the rule below the heads.
function row(line, cells,    n, i) {
	if (line ~ /^[|: -]*$/)
		return 0
	gsub(/\\\|/, "\001", line)
	n = split(line, cells, "|") - 2
	for (i = 1; i <= n; i++) {
		cells[i] = cells[i + 1]
		gsub(/^ +| +$/, "", cells[i])
		gsub(/\001/, "\\|", cells[i])
	}
	return n
}

function table_row(line,    n, i, cells) {
	n = row(line, cells)
	if (!n)
		return
	if (!heads) {
		heads = n
		for (i = 1; i <= n; i++)
			head[i] = cells[i]
		begin_list("-tag -width Ds")
		return
	}
	print ".It Xo"
	put(inline(cells[1]))
	print ".Xc"
	for (i = 2; i <= n; i++) {
		if (cells[i] == "")
			continue
		if (i > 2)
			print ".br"
		sentences((n > 2 ? head[i] ": " : "") cells[i])
	}
}

function text_line(line,    mark) {
	if (match(line, /^([-*]|[0-9]+\.) /)) {
		mark = substr(line, 1, RLENGTH)
		begin_item(mark ~ /[0-9]/ ? "-enum" : "-bullet", substr(line, RLENGTH + 1))
		return
	}
	if (block == "" && line !~ /^ / && !heads)
		end_list()
	sub(/^ +/, "", line)
	block = block == "" ? line : block " " line
}

function body_line(line) {
	if (line ~ /^```/) {
		if (fenced)
			end_display()
		else
			begin_display()
		fenced = !fenced
	} else if (fenced) {
		display(line)
	} else if (line ~ /^    / && block == "") {
		if (!shown)
			begin_display()
		display(substr(line, 5))
	} else {
		other_line(line)
	}
}

function other_line(line) {
	end_display()
	if (heads && line !~ /^\|/) {
		heads = 0
		end_list()
	}
	if (line == "")
		paragraph()
	else if (line ~ /^### /) {
		end_list()
		block = "**" substr(line, 5) "**"
		paragraph()
	} else if (line ~ /^\|/)
		table_row(line)
	else if (line !~ /^(<!--|# )/)
		text_line(line)
}

function take(file, wanted, commands,    line, title, inside, got) {
	fresh = 1
	fenced = 0
	inside = wanted == "" && !commands
	while ((got = (getline line < file)) > 0) {
		if (line ~ /^```/)
			in_fence = !in_fence
		if (!in_fence && line ~ /^## /) {
			title = substr(line, 4)
			end_list()
			end_display()
			inside = commands ? title ~ /^[a-z]+$/ : wanted == "" || title == wanted
			if (inside && wanted == "")
				heading(title)
			continue
		}
		if (inside)
			body_line(line)
	}
	if (got < 0) {
		print "mdoc.awk: " file " cannot be read" > "/dev/stderr"
		exit 1
	}
	close(file)
	end_list()
	end_display()
}

/^@page / {
	take(top "/" $2, "", 0)
	next
}

/^@commands / {
	take(top "/" $2, "", 1)
	next
}

/^@section / {
	title = $0
	sub(/^@section [^ ]+ /, "", title)
	take(top "/" $2, title, 0)
	next
}

{ print }
