/* search.js - the book's search, without a server: all words of all pages stand above in the constant PAGES, as rows of
 * [address, page, heading, text]. Nothing is fetched, nothing is kept, and no text becomes markup. */
const MOST = 40;
const field = document.getElementById("q");
const list = document.getElementById("results");
const count = document.getElementById("count");
const ROWS = PAGES.map(([address, page, heading, text]) => ({
	address, page, heading, text, low: [page, heading, text].map((part) => part.toLowerCase()),
}));

function words(text) {
	return text.toLowerCase().split(/[^\p{L}\p{N}_]+/u).filter(Boolean);
}

/* How often WORD begins a word of TEXT, at most five times. */
function begins(text, word) {
	let times = 0;
	for (let at = text.indexOf(word); at >= 0 && times < 5; at = text.indexOf(word, at + 1))
		if (at === 0 || !/[\p{L}\p{N}_]/u.test(text[at - 1]))
			times++;
	return times;
}

/* 0 unless each word is there somewhere; a heading that is just the word comes first, a lesson before the reference. */
function worth(row, wanted) {
	let sum = row.address.startsWith("lessons/") ? 8 : 0;
	for (const word of wanted) {
		const [page, heading, text] = row.low.map((part) => begins(part, word));
		if (!page && !heading && !text)
			return 0;
		sum += 6 * Math.min(page, 1) + 12 * Math.min(heading, 1) + text;
	}
	return row.low[1] === wanted.join(" ") ? sum + 50 : sum;
}

function element(name, parent, text) {
	const made = document.createElement(name);
	made.textContent = text || "";
	parent.append(made);
	return made;
}

/* Some words around the first place, the wanted ones marked. */
function excerpt(row, wanted, parent) {
	const places = wanted.map((word) => row.low[2].indexOf(word)).filter((at) => at >= 0);
	const from = places.length ? Math.max(0, Math.min(...places) - 60) : 0;
	let text = row.text.slice(from, from + 220);
	if (from > 0)
		text = "… " + text.slice(text.indexOf(" ") + 1);
	if (from + 220 < row.text.length)
		text = text.slice(0, text.lastIndexOf(" ")) + " …";
	for (const piece of text.split(/([\p{L}\p{N}_]+)/u))
		if (wanted.some((word) => piece.toLowerCase().startsWith(word)))
			element("mark", parent, piece);
		else
			parent.append(piece);
}

function show(row, wanted) {
	const item = element("li", list);
	const link = element("a", item, row.heading === row.page ? row.page : row.page + " › " + row.heading);
	link.href = row.address;
	excerpt(row, wanted, element("p", item));
}

function search() {
	const wanted = words(field.value);
	list.textContent = "";
	count.textContent = "";
	if (!wanted.length)
		return;
	const found = ROWS.map((row) => [worth(row, wanted), row]).filter(([sum]) => sum).sort((a, b) => b[0] - a[0]);
	for (const [, row] of found.slice(0, MOST))
		show(row, wanted);
	count.textContent = !found.length ? "Nothing has all of these words." : found.length === 1 ? "One place." :
		found.length + " places" + (found.length > MOST ? ", the best " + MOST + " of them:" : ".");
}

field.value = new URLSearchParams(location.search).get("q") || "";
field.addEventListener("input", search);
search();
