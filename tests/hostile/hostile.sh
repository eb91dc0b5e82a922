#!/bin/sh
# Every hostile program of this folder, run and compiled in the sandbox: each must end as its first line says, and
# with its layer left out it must go through (else it would prove nothing). As who runs this, and as root also as
# an ordinary user. Nothing here is ever run outside the box.
. "${WINDSOCK_TESTS:-$(dirname "$0")/..}/e2e/tap.sh"
need_lab

hostile=$WINDSOCK_TESTS/hostile
box=${WINDSOCK_BOX:-${WINDSOCK%/windsock}/tests/hostile/box}
[ -x "$box" ] || skip_all "$box was not built: make check builds it"
mkdir bin grader sources
# (A copy, for whoever may not go where it was built.)
cp "$box" bin/box
box=$work/bin/box
forbid=${WINDSOCK%/windsock}/tests/e2e/forbid
if [ -x "$forbid" ] && "$forbid" mount_setattr=38 quotactl_fd=38 process_mrelease=38 -- true; then
	cp "$forbid" bin/forbid
	forbid=$work/bin/forbid
else
	forbid=
fi
printf 'const char secret[] = "SECRET-OF-THE-COURSE"; int main(void) { return 0; }\n' > grader/solution.c
printf '#!/bin/sh\nexit 0\n' > grader/reference
echo '{"alice": 10, "bob": 0}' > grader/results.json
chmod 755 grader/reference
chmod 777 grader # as careless as can be
chmod 666 grader/results.json

compile_one() { # FILE
	"$CC" -std=c11 -D_GNU_SOURCE -w -O0 -pthread -I"$hostile" -o "bin/$(basename "$1" .c)" "$1"
}
began=$(now)
side=
for file in "$hostile"/[0-9]*.c "$hostile/legit.c"; do
	compile_one "$file" &
	if [ -n "$side" ]; then wait; side=; else side=yes; fi
done 2> compile.err
wait
for file in "$hostile"/compile/[0-9]*.c; do
	sed "s|@FOLDER@|$work/grader|g" "$file" > "sources/$(basename "$file")"
done
echo '#define BESIDE 1' > sources/beside.h
chmod -R a+rX "$work"
chmod a+w bin/* # so that it is a layer, and not the mode, that keeps a program from being overwritten

landlock=yes
"$box" --without landlock "$work/grader" bin/32-abstract-socket > out 2> err
grep -qx "exit 1" out || landlock=
"$box" "$work/grader" bin/32-abstract-socket > out 2> err
grep -qx "exit 0" out || landlock=

part() { # FILE NUMBER: that part of its first line
	sed -n '1s/^\/\* expect: \(.*\) \*\/$/\1/p' "$1" | cut -d ';' -f "$2" | sed 's/^ *//'
}

matches() { # OUTCOME EXPECTED: "exit 0 or processes"
	case " or $2 or " in
	*" or ${1%%:*} or "*) return 0 ;;
	esac
	return 1
}

judge() { # WHAT EXPECTED COMMAND...
	what=$1 expected=$2
	shift 2
	run "$@"
	if matches "$(head -n 1 out)" "$expected"; then ok "$what: $(head -n 1 out)"; else not_ok "$what" "expected: $expected"; fi
}

each() { # WHO PREFIX...: every attack, by that user
	who=$1
	shift
	for file in $(ls "$hostile"/[0-9]*.c "$hostile"/compile/[0-9]*.c | some); do
		name=$(basename "$file" .c)
		case $file in
		*/compile/*) set_target="--compile $work/grader sources/$name.c" title="compile $name" ;;
		*) set_target="$work/grader bin/$name" title=$name ;;
		esac
		line=$(part "$file" 1-)
		case $line in
		time*) set_target="--seconds 2 $set_target" ;; # nothing else ends it
		esac
		case $line in
		*"needs landlock"*) [ -n "$landlock" ] || { diag "$title: this kernel's Landlock has no scopes"; continue; } ;;
		*"only x86_64"*) [ "$(uname -m)" = x86_64 ] || continue ;;
		esac
		# shellcheck disable=SC2086 # words
		judge "$who: $title" "$(part "$file" 1)" "$@" "$box" $set_target
		case $line in
		*"without read-only"* | *"without limits,tripwire"*) # which have another way there
			expected=$(part "$file" 1)
			case $line in
			*tripwire*) expected="$expected or exit 1" ;; # it may be over between two looks, which are all that bounds it
			esac
			# shellcheck disable=SC2086 # words
			[ -z "$forbid" ] || judge "$who: $title, as before Linux 5.12" "$expected" "$@" "$forbid" \
				mount_setattr=38 quotactl_fd=38 process_mrelease=38 -- "$box" $set_target
			;;
		esac
		case $line in
		*"; twice"*) judge "$who: $title again" "$(part "$file" 1)" "$@" "$box" $set_target ;;
		esac
		control=$(part "$file" 2)
		case $line in
		*"only as user"*) [ "$(id -u)" -ne 0 ] || [ $# -gt 0 ] || control= ;;
		esac
		case $control in
		"without "*)
			layers=${control#without }
			judge "$who: $title, without ${layers%%:*}" "${layers#*: }" "$@" "$box" --without "${layers%%:*}" $set_target
			echo '{"alice": 10, "bob": 0}' > grader/results.json
			chmod 666 grader/results.json
			;;
		esac
	done
	judge "$who: an honest program" "exit 0" "$@" "$box" "$work/grader" bin/legit
}

# ---- what needs more than a file ----

ln -s "$work/grader/solution.c" sources/link.c
mkfifo sources/pipe.c
for kind in link pipe; do
	run "$box" --compile grader "sources/$kind.c"
	expect "a source that is a $kind" 0 "refused" "!SECRET"
done
(
	cd sources && echo 'all:;@touch stolen' > GNUmakefile && echo '-fplugin=./x.so' > @args &&
		cp "$hostile/compile/15-constructor.c" plain.c
)
run "$box" --compile "$work/grader" sources/plain.c
expect "makefiles and response files beside the source" 0 "compiles"
that "are of no effect" test ! -e sources/stolen

each "$(id -un)"
if [ "$(id -u)" -eq 0 ] && have setpriv; then
	user=${WINDSOCK_TEST_USER:-nobody}
	chown -R "$user" grader
	each "$user" setpriv --reuid="$(id -u "$user")" --regid="$(id -g "$user")" --clear-groups
fi
diag "took $((($(now) - began) / 100)) s"
finish
