/* page.js - the class page, made from the records in it.
 *
 * Text of records is anything that anybody may have chosen: it becomes text (textContent) and attributes that hold text,
 * never markup. There is no innerHTML here. */
"use strict";
(() => {
const byId = id => document.getElementById(id);
const parse = node => JSON.parse(node.textContent);
const MARK = {pass: "✓", fail: "✗", error: "!", skip: "–", inconclusive: "?"};
const SAID = {pass: "right", fail: "wrong", error: "cannot be graded", skip: "not run on that machine",
	inconclusive: "could not be judged"};
const {words: WORDS, style: STYLE} = parse(byId("words"));

/* make("a", {href: "#", class: "x"}, child, "text") */
const make = (tag, attributes, ...children) => {
	const node = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes || {}))
		if (value !== undefined && value !== false)
			node.setAttribute(name, value);
	node.append(...children.filter(child => child !== undefined && child !== null && child !== ""));
	return node;
};
/* Without controls and without what turns the direction of writing. */
const plain = text => text.replace(/[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu, "?") || "(no name)";
const inOrder = (one, other) => one.localeCompare(other, "en", {numeric: true}) || (one < other ? -1 : one > other ? 1 : 0);
const many = (number, what) => number + " " + what + (number === 1 ? "" : "s");
const wordsOf = id => (Object.hasOwn(WORDS, id) ? WORDS[id] : id.replace(/-/g, " "));

/* ---- the records ---- */

const records = [];
for (const node of document.querySelectorAll("script.head")) {
	const [student, lesson, status, points, most, started, diagnoses] = parse(node);
	records.push({student, lesson, status, points, most, started, diagnoses, detail: () => parse(node.nextElementSibling)});
}
const lessons = [...new Set(records.map(record => record.lesson))].sort(inOrder);
const students = [];
const studentOf = new Map();
for (const record of records) {
	let student = studentOf.get(record.student);
	if (!student) {
		student = {name: record.student, of: new Map(), points: 0, most: 0, row: null};
		studentOf.set(record.student, student);
		students.push(student);
	}
	student.of.set(record.lesson, record);
}
students.sort((one, other) => inOrder(one.name, other.name));
students.forEach((student, index) => {
	student.number = index + 1;
	for (const record of student.of.values())
		if (record.status !== "skip" && record.status !== "inconclusive") {
			student.points += record.points;
			student.most += record.most;
		}
	student.words = [student.name, ...[...student.of.values()].flatMap(record =>
		record.diagnoses.flatMap(id => [id, wordsOf(id)]))].join("\n").toLowerCase();
});
/* "01" for "01-udp-server", where that says enough. */
const numbers = lessons.map(lesson => (/^\d+/.exec(lesson) || [""])[0]);
const short = lesson => {
	const number = (/^\d+/.exec(lesson) || [""])[0];
	return number && numbers.filter(other => other === number).length === 1 ? number : plain(lesson);
};

const hidden = () => byId("hide").checked;
const nameOf = student => (hidden() ? "Student " + student.number : plain(student.name));
const linkOf = (student, lesson) => (hidden() ? "#~" + student.number : "#/" + encodeURIComponent(student.name)) +
	(lesson === undefined ? "" : "/" + encodeURIComponent(lesson));

/* ---- a case ---- */

const block = (title, text, wrap) => make("div", {}, make("h4", {}, title), make("pre", {class: wrap && "wrap", tabindex: 0},
	text));
const folded = (title, text) => text && make("details", {}, make("summary", {}, title), make("pre", {tabindex: 0}, text));

/* As an image, which runs nothing; as text, where there is no image or it is none. */
const ladder = one => {
	const text = one.picture || "";
	if (!one.svg)
		return text && make("pre", {tabindex: 0, role: "img", "aria-label": "The ladder as text"}, text);
	const svg = one.svg.length === 1 ? one.svg[0] : one.svg[0] + STYLE + one.svg[1];
	const image = make("img", {alt: "The ladder; below it stands the same as text",
		src: "data:image/svg+xml;charset=utf-8," + encodeURIComponent(svg)});
	const box = make("div", {class: "ladder", tabindex: 0, role: "group", "aria-label": "The ladder"}, image);
	image.addEventListener("error", () => box.replaceWith(make("pre", {tabindex: 0}, text || "The picture cannot be shown.")));
	return make("div", {}, box, text && make("div", {class: "screen"}, folded("The ladder as text", text)));
};

const showCase = one => {
	const points = `${one.points} of ${one.most} points`;
	const heading = make("h4", {}, make("span", {class: one.status === "skip" ? "skip-status" : one.status},
		MARK[one.status] + " "), one.title || one.name || "", make("span", {class: "faint"},
		` (${one.name || ""}: ${SAID[one.status]}, ${points})`));
	const more = one.attempts > 1 ? make("p", {class: "faint"}, `It took ${one.attempts} runs.`) : undefined;
	return make("div", {class: "case"}, heading,
		...["reason", "seen", "means"].map(key => one[key] && make("p", {}, one[key])),
		one.next && make("p", {class: "next"}, one.next), more,
		one.expected || one.observed ? make("div", {class: "pair"},
			block("Expected" + (one.where ? ` (${one.where})` : ""), one.expected || "nothing more"),
			block("Seen", one.observed || "nothing")) : undefined,
		one.status === "fail" ? ladder(one) : undefined,
		one.source && make("p", {}, "The call: ", make("code", {}, one.source)),
		folded("The socket calls", one.calls), folded("What the program printed", one.output),
		one.repeat && !hidden() ? block("The same run again", one.repeat, true) : undefined);
};
const passLine = one => make("li", {}, make("span", {class: "pass"}, "✓ "), one.title || one.name || "",
	make("span", {class: "faint"}, ` (${one.points} of ${one.most})`));

/* ---- a student ---- */

const showLesson = record => {
	const detail = record.detail();
	const right = detail.cases.filter(one => one.status === "pass");
	const whole = record.status === "error";
	const rest = detail.cases.filter(one => one.status !== "pass" && !(whole && one.seen === detail.message));
	const box = make("section", {class: "lesson is-" + record.status},
		make("h3", {tabindex: -1}, `${MARK[record.status]} ${plain(record.lesson)} `,
			make("span", {class: "faint"}, `${SAID[record.status]}, ${record.points} of ${record.most} points`)),
		...detail.remarks.map(remark => make("p", {class: "faint"}, "Remark: " + remark)),
		detail.compiler && block("The compiler says", detail.compiler, true), /* "the error above", says the message */
		whole || !rest.length ? detail.message && make("p", {}, detail.message) : undefined);
	if (right.length)
		box.append(make("ul", {class: "cases"}, ...right.map(passLine)));
	if (whole && !rest.some(one => one.status === "fail"))
		box.append(rest.length === 0 ? "" : make("p", {class: "faint"}, `${many(rest.length, "case")} could not be run.`));
	else
		box.append(...rest.map(showCase));
	box.append(make("p", {class: "key"}, [detail.windsock && "windsock " + detail.windsock, detail.kernel,
		!hidden() && detail.node, detail.seed && "seed " + detail.seed, record.started && new Date(record.started * 1000).toISOString().slice(0, 16)
			.replace("T", " ") + " UTC"].filter(Boolean).join(", ")));
	return box;
};

const neighbours = () => [...byId("table").tBodies[0].rows].filter(row => !row.hidden).map(row => row.student);
const showStudent = (student, lesson) => {
	const all = lessons.map(name => student.of.get(name)).filter(Boolean);
	const list = neighbours(), at = list.indexOf(student);
	const before = at > 0 && list[at - 1], after = at >= 0 && list[at + 1];
	const boxes = all.map(showLesson);
	const heading = make("h2", {tabindex: -1}, nameOf(student));
	byId("student").replaceChildren(
		make("p", {class: "ways"}, make("a", {href: "#", id: "back"}, "← The class"),
			before ? make("a", {href: linkOf(before), rel: "prev"}, "‹ " + nameOf(before)) : undefined,
			after ? make("a", {href: linkOf(after), rel: "next"}, nameOf(after) + " ›") : undefined),
		heading, make("p", {}, `${student.points} of ${student.most} points; ` +
			`${all.filter(record => record.status === "pass").length} of ${many(lessons.length, "lesson")} right.`),
		...boxes);
	show(true);
	const wanted = boxes[all.findIndex(record => record.lesson === lesson)];
	const target = wanted ? wanted.firstChild : heading;
	target.focus({preventScroll: true});
	if (wanted)
		wanted.scrollIntoView();
	else
		scrollTo(0, 0);
};

/* ---- what went wrong ---- */

const representative = (faults, id) => {
	let found;
	for (const record of faults.slice(0, 50)) {
		const one = record.detail().cases.find(other => other.diagnosis === id && other.status === "fail");
		if (one && one.svg)
			return [record, one];
		found = found || (one && [record, one]);
	}
	return found || [faults[0], undefined];
};
const fillFault = (inside, id, faults) => {
	const [record, one] = representative(faults, id);
	const detail = one ? undefined : record.detail();
	const names = [...new Set(faults.map(fault => studentOf.get(fault.student)))];
	inside.replaceChildren(
		make("p", {class: "faint"}, "For example ", make("a", {href: linkOf(studentOf.get(record.student), record.lesson)},
			`${nameOf(studentOf.get(record.student))}, ${plain(record.lesson)}`)));
	if (one)
		inside.append(...["seen", "means", "next"].map(key => one[key] && make("p", {class: key}, one[key])).filter(Boolean),
			ladder(one) || "");
	else
		inside.append(detail.compiler ? block("The compiler says", detail.compiler, true) : "",
			make("p", {}, detail.message || ""));
	inside.append(make("ul", {class: "people"}, ...names.map(student => make("li", {}, make("a", {href:
		linkOf(student, faults.find(fault => fault.student === student.name).lesson)}, nameOf(student))))));
};

/* diagnosis -> records that have it */
const gather = lesson => {
	const found = new Map();
	for (const record of records)
		if (lesson === "" || record.lesson === lesson)
			for (const id of record.diagnoses)
				if (found.has(id))
					found.get(id).push(record);
				else
					found.set(id, [record]);
	return found;
};
const showFault = ([id, faults, count], most) => {
	const where = new Map();
	for (const fault of faults)
		where.set(fault.lesson, (where.get(fault.lesson) || 0) + 1);
	const bar = make("span", {class: "bar", "aria-hidden": "true"});
	bar.style.width = 100 * count / most + "%";
	const inside = make("div", {class: "inside"});
	const details = make("details", {}, make("summary", {}, make("span", {class: "count"}, String(count)),
		make("span", {}, wordsOf(id)), make("span", {class: "where"}, [...where].sort((a, b) => inOrder(a[0], b[0]))
			.map(([lesson, times]) => short(lesson) + (where.size > 1 ? ` (${times})` : "")).join(", ")), bar), inside);
	details.addEventListener("toggle", () => details.open && fillFault(inside, id, faults));
	return make("li", {}, details);
};
const FIRST = 12; /* lines that are shown at once */
const showFaults = () => {
	const list = [...gather(byId("lesson").value)].map(([id, faults]) =>
		[id, faults, new Set(faults.map(fault => fault.student)).size]);
	list.sort((one, other) => other[2] - one[2] || inOrder(one[0], other[0]));
	const lines = list.map(fault => showFault(fault, list[0][2]));
	byId("faults").replaceChildren(...lines);
	if (list.length > FIRST + 2) {
		const rest = lines.slice(FIRST);
		const button = make("button", {type: "button"}, `${rest.length} more`);
		const line = make("li", {class: "more"}, button);
		rest.forEach(node => { node.hidden = true; });
		button.addEventListener("click", () => {
			rest.forEach(node => { node.hidden = false; });
			line.remove();
			rest[0].querySelector("summary").focus();
		});
		byId("faults").append(line);
	}
	if (!list.length)
		byId("faults").append(make("li", {}, "Nothing."));
};

/* ---- the table ---- */

const cell = (student, lesson) => {
	const record = student.of.get(lesson);
	if (!record)
		return make("td", {class: "none"}, make("span", {title: "not there"}, "·"));
	const counts = record.status === "pass" || record.status === "fail";
	const said = `${SAID[record.status]}, ${record.points} of ${record.most} points`;
	return make("td", {}, make("a", {class: record.status === "skip" ? "skip-status" : record.status,
		href: linkOf(student, lesson), title: `${plain(lesson)}: ${said}`, "aria-label": `${plain(lesson)}: ${said}`},
		MARK[record.status] + (counts ? " " + record.points : "")));
};
const row = student => {
	const node = make("tr", {}, make("th", {scope: "row"}, make("a", {href: linkOf(student)}, nameOf(student))),
		...lessons.map(lesson => cell(student, lesson)), make("td", {}, make("span", {}, String(student.points))));
	node.student = student;
	student.row = node;
	return node;
};
/* What is sorted by: what could not be judged stands behind all that could. */
const worth = (student, lesson) => {
	const record = student.of.get(lesson);
	return record ? record.status === "pass" ? record.points + 0.5 : record.points : -1;
};
const KEYS = [(one, other) => inOrder(one.name, other.name),
	...lessons.map(lesson => (one, other) => worth(one, lesson) - worth(other, lesson)),
	(one, other) => one.points - other.points];
let sorted = {column: 0, down: false};
const sortRows = () => {
	const sign = sorted.down ? -1 : 1;
	const list = [...students].sort((one, other) => sign * KEYS[sorted.column](one, other) || one.number - other.number);
	byId("table").tBodies[0].append(...list.map(student => student.row));
	[...byId("table").tHead.rows[0].cells].forEach((head, column) => {
		if (column === sorted.column)
			head.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
		else
			head.removeAttribute("aria-sort");
	});
};
const head = (title, whole, column) => {
	const button = make("button", {type: "button", title: "Sort by " + whole}, title);
	button.addEventListener("click", () => {
		sorted = {column, down: sorted.column === column ? !sorted.down : column > 0};
		sortRows();
	});
	return make("th", {scope: "col"}, button);
};
const filterRows = () => {
	const wanted = byId("search").value.trim().toLowerCase().split(/\s+/);
	let shown = 0;
	for (const student of students) {
		const text = hidden() ? student.words.replace(student.name.toLowerCase(), "student " + student.number) : student.words;
		student.row.hidden = !wanted.every(word => text.includes(word));
		shown += !student.row.hidden;
	}
	byId("found").textContent = shown === students.length ? "" : `${shown} of ${many(students.length, "student")}`;
};
const showTable = () => {
	byId("table").tHead.replaceChildren(make("tr", {}, head("Student", "name", 0),
		...lessons.map((lesson, index) => head(short(lesson), plain(lesson), index + 1)),
		head("Sum", "the sum of points", lessons.length + 1)));
	byId("table").tBodies[0].replaceChildren(...students.map(row));
	sortRows();
	filterRows();
};

/* ---- the whole ---- */

const course = byId("course") ? plain(parse(byId("course"))[0]) : "";
const title = course && course !== "course" && course !== "(no name)" ? course : "The class";
const showSum = () => {
	const of = status => records.filter(record => record.status === status).length;
	const latest = records.reduce((last, record) => Math.max(last, record.started), 0);
	const parts = Object.keys(MARK).filter(of).map(status => `${MARK[status]} ${of(status)} ${SAID[status]}`);
	byId("name").textContent = title;
	document.title = title;
	byId("sum").textContent = `${many(students.length, "student")}, ${many(lessons.length, "lesson")}, ` +
		`${many(records.length, "submission")}: ${parts.join(", ")}.` +
		(latest ? ` Graded by ${new Date(latest * 1000).toISOString().slice(0, 10)}.` : "");
};

let place = null; /* where the reader was in the class */
const show = student => {
	if (student && byId("student").hidden)
		place = {y: scrollY, at: document.activeElement};
	byId("student").hidden = !student;
	byId("class").hidden = student;
};
const decode = text => {
	try {
		return decodeURIComponent(text);
	} catch (error) {
		return text;
	}
};
const route = () => {
	const [who, lesson] = location.hash.replace(/^#[/~]?/, "").split("/").map(decode);
	const student = location.hash.startsWith("#/") ? studentOf.get(who) :
		location.hash.startsWith("#~") ? students[who - 1] : undefined;
	if (student) {
		showStudent(student, lesson);
		return;
	}
	const back = !byId("student").hidden && place;
	show(false);
	if (back) {
		scrollTo(0, back.y);
		if (back.at && back.at.isConnected)
			back.at.focus({preventScroll: true});
	}
};

/* Arrow keys: from link to link in the table. */
const walk = (event, link) => {
	const steps = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]}[event.key];
	const rows = [...byId("table").tBodies[0].rows].filter(node => !node.hidden);
	let y = rows.indexOf(link.closest("tr")), x = link.parentNode.cellIndex;
	if (!steps || y < 0)
		return;
	event.preventDefault();
	for (;;) {
		y += steps[0];
		x += steps[1];
		if (!rows[y] || !rows[y].cells[x])
			return;
		const next = rows[y].cells[x].querySelector("a");
		if (next) {
			next.focus();
			return;
		}
	}
};
document.addEventListener("keydown", event => {
	const typing = event.target.matches("input[type=search], select");
	if (event.key === "/" && !typing && !byId("class").hidden) {
		event.preventDefault();
		byId("search").focus();
	} else if (event.key === "Escape" && !byId("student").hidden) {
		location.hash = "";
	} else if (event.target.matches("tbody a")) {
		walk(event, event.target);
	}
});

/* What is folded is printed, too. */
let opened = [];
addEventListener("beforeprint", () => {
	document.querySelectorAll("#faults .more button").forEach(button => button.click());
	opened = [...byId("student").querySelectorAll("details:not([open])")];
	opened.forEach(details => details.setAttribute("open", ""));
});
addEventListener("afterprint", () => opened.forEach(details => details.removeAttribute("open")));

byId("lesson").append(make("option", {value: ""}, "all lessons"),
	...lessons.map(lesson => make("option", {value: lesson}, plain(lesson))));
byId("lesson").addEventListener("change", showFaults);
byId("search").addEventListener("input", filterRows);
byId("hide").addEventListener("change", () => {
	showTable();
	showFaults();
});
addEventListener("hashchange", route);
showSum();
showFaults();
showTable();
route();
})();
