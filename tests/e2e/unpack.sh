#!/bin/sh
# unpack, the program that opens archives: every kind that students hand in, and the walls that it works behind.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
have python3 || skip_all "python3 is not installed"

unpack=${WINDSOCK%/*}/unpack
[ -x "$unpack" ] || skip_all "unpack is not beside windsock"
mkdir source unpacked
printf 'int main(void) { return 0; }\n' > source/server.c
python3 - << 'P'
import tarfile, zipfile
for name, method in (("stored", zipfile.ZIP_STORED), ("deflated", zipfile.ZIP_DEFLATED), ("bzip2", zipfile.ZIP_BZIP2),
                     ("lzma", zipfile.ZIP_LZMA)):
    with zipfile.ZipFile(name + ".zip", "w", method) as z:
        z.write("source/server.c", "s\u00f6urce/server.c")
for kind in ("", "gz", "bz2", "xz"):
    with tarfile.open("plain.tar." + kind if kind else "plain.tar", "w:" + kind) as t:
        t.add("source/server.c", "s\u00f6urce/server.c")
P
for archive in *.zip *.tar*; do
	rm -rf unpacked && mkdir unpacked
	run sh -c '"$0" unpacked 100 100000 < "$1"' "$unpack" "$archive"
	that "$archive" cmp source/server.c unpacked/s*urce/server.c
done

# The archive is in order, and the file cannot be written: that is 3, and not 4 as for a damaged one.
rm -rf unpacked && mkdir unpacked
run sh -c 'ulimit -f 0; "$0" unpacked 100 100000 < stored.zip' "$unpack"
expect "what cannot be written is the machine's fault" 3
run sh -c '"$0" unpacked 100 10 < stored.zip' "$unpack"
expect "what is too large is the archive's" 4
that "and nothing of it is left" test ! -e unpacked/s*urce/server.c
python3 - << 'P'
bytes = bytearray(open("stored.zip", "rb").read())
at = bytes.index(b"int main")
bytes[at] ^= 1
open("flipped", "wb").write(bytes)
P
rm -rf unpacked && mkdir unpacked
run sh -c '"$0" unpacked 100 100000 < flipped' "$unpack"
expect "a damaged file is left out, and that is said" 0 "server.c: "
that "also its beginning" test ! -e unpacked/s*urce/server.c
rm -rf unpacked && mkdir unpacked

# It waits for its input behind its walls.
mkfifo pipe
"$unpack" unpacked 100 100000 < pipe > words &
pid=$!
exec 3> pipe
walls() { # PATTERN
	grep -q "$1" /proc/$pid/status
}
await walls '^CapEff:.0*$' # which is the last but one that it builds
if grep -q __asan_init "$unpack"; then
	diag "the address sanitizer needs more system calls than unpacking does: no filter"
else
	that "a filter of system calls" await walls '^Seccomp:.2$'
fi
that "no new privileges" walls '^NoNewPrivs:.1$'
that "no capability" walls '^CapEff:.0*$'
that "its root is the folder, where user namespaces are allowed" sh -c '
	[ "$(readlink /proc/$0/root)" = "$1/unpacked" ] || ! unshare -r true 2> /dev/null' $pid "$work"
cat plain.tar >&3
exec 3>&-
that "and then it works all the same" wait $pid

# Where it fails in a way of its own, the archive is not called bad.
mkdir -p beside class/ann
cp "$WINDSOCK" beside/windsock
cp stored.zip class/ann/work.zip
printf '#!/bin/sh\necho the loader could not >&2\nexit 1\n' > beside/unpack
chmod 755 beside/unpack
run beside/windsock grade class --lessons 01 --out graded
expect "a program unpack that fails says nothing about an archive" 2 "which says nothing about it" "exit status 1: the loader could not"
that "and there is no record of it" test -z "$(find graded -name '*.json' -path '*results*')"
printf '#!/bin/sh\nkill -SEGV $$\n' > beside/unpack
run beside/windsock grade class --lessons 01 --out graded
expect "one that an archive has ended does" 0 "1 of 1 graded"
that "and its record says how" grep -q "cannot be unpacked: it ended the program unpack (Segmentation fault)" graded/results/01-udp-server/ann.json
finish
