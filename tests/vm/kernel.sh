#!/bin/sh
# kernel.sh - runs tests of this tree on another kernel, in a virtual machine. docs/portability.md says how to use it.
#
#     tests/vm/kernel.sh --kernel FILE.deb [--out DIR] [--cpus N] [--memory MIB] [--minutes N] [--tests FILE | JOB...]
#
# Theory of operation. The kernel's package is unpacked into DIR, never installed. A small initramfs (busybox and the
# modules for 9p and overlay) mounts this machine's own root read-only over 9p, lays an overlay in memory on it, and
# goes there: so the machine has this userland, this tree where it is, that kernel, and nothing that it writes comes
# back, but for DIR/logs, which is a second 9p. inside.sh is its first process: it works off DIR/jobs and turns the
# machine off. No root is needed here, no KVM, no network, no disk image.
#
# A JOB is "WHO CONDITION TEST", in one word each: WHO is root or student; CONDITION is - or a sysctl that is set
# before (user.max_user_namespaces=0) or several with commas between; TEST a test of the suite, or a command line that
# is run at home and in which + stands for a blank (windsock+doctor). Without any: jobs.txt beside this.
#
# The exit status is 0 when no test failed, 1 when one did, 99 when the machine did not come so far.
set -u

here=$(cd "$(dirname "$0")" && pwd)
build=${BUILD:-$PWD}
srcdir=$(cd "$here/../.." && pwd)
deb='' out=$build/vm cpus=1 memory=2048 minutes=240 list=''

stop() { # TEXT
	echo "kernel.sh: $1" >&2
	exit 99
}

while [ $# -gt 0 ]; do
	case $1 in
	--kernel) deb=$2 ;;
	--out) out=$2 ;;
	--cpus) cpus=$2 ;;
	--memory) memory=$2 ;;
	--minutes) minutes=$2 ;;
	--tests) list=$2 ;;
	--*) stop "$1 is no option; the first lines of this script name them" ;;
	*) break ;;
	esac
	shift 2 || stop "a value is missing behind the last option"
done
[ -n "$deb" ] || stop "which kernel? --kernel linux-image-….deb (apt-get download linux-image-amd64 fetches one)"
[ -f "$deb" ] || stop "there is no $deb"

# Where Debian has them; an ordinary user's PATH has no sbin.
PATH=$PATH:/usr/sbin:/sbin
for command in qemu-system-x86_64 depmod modprobe dpkg-deb; do
	command -v $command > /dev/null ||
		stop "$command is not installed: sudo apt-get install qemu-system-x86 busybox-static kmod dpkg"
done
busybox=${BUSYBOX:-$(command -v busybox)}
[ -n "$busybox" ] || stop "busybox is not installed: sudo apt-get install busybox-static, or BUSYBOX=PATH"
case $(file -L "$busybox" 2> /dev/null) in
*dynamically*) stop "$busybox needs libraries: sudo apt-get install busybox-static" ;;
esac

# ---- the kernel, unpacked once ----

mkdir -p "$out" || exit 99
out=$(cd "$out" && pwd)
name=$(basename "$deb" .deb)
kernel=$out/$name
if [ ! -e "$kernel/ready" ]; then
	rm -rf "$kernel"
	mkdir -p "$kernel/lib" || exit 99
	dpkg-deb -x "$deb" "$kernel/package" || stop "$deb cannot be unpacked"
	# (Debian 13 has them in /usr/lib.)
	mv "$kernel"/package/lib/modules "$kernel"/lib/ 2> /dev/null ||
		mv "$kernel"/package/usr/lib/modules "$kernel"/lib/ || stop "$deb has no modules: a package linux-image-…?"
	depmod -b "$kernel" "$(ls "$kernel/lib/modules")" || exit 99
	mv "$kernel"/package/boot/vmlinuz-* "$kernel/vmlinuz" || stop "$deb has no kernel: a package linux-image-…?"
	touch "$kernel/ready"
fi
release=$(ls "$kernel/lib/modules")

# ---- the initramfs ----

first=$out/initramfs
rm -rf "$first"
mkdir -p "$first/bin" "$first/modules" "$first/proc" "$first/dev" "$first/new" "$first/lower" "$first/upper" || exit 99
cp "$busybox" "$first/bin/busybox" && cp "$here/init" "$first/init" && chmod 755 "$first/init" || exit 99
number=100
# In the order in which they are to be loaded; "builtin" is in the kernel already.
for module in virtio_pci 9pnet_virtio 9p overlay; do
	modprobe -d "$kernel" -S "$release" --show-depends $module || stop "$release has no module $module"
done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' > "$out/modules"
while read -r module; do
	number=$((number + 1))
	case $module in
	*.xz) xz -dc "$module" > "$first/modules/$number.ko" ;;
	*.zst) zstd -qdc "$module" > "$first/modules/$number.ko" ;;
	*) cp "$module" "$first/modules/$number.ko" ;;
	esac || stop "$module cannot be unpacked"
done < "$out/modules"
(cd "$first" && find . | "$busybox" cpio -o -H newc 2> /dev/null) | gzip -1 > "$out/initramfs.gz" || exit 99

# ---- what it has to do ----

logs=$out/logs
rm -rf "$logs"
mkdir -p "$logs" || exit 99
if [ $# -gt 0 ]; then
	printf '%s\n' "$@"
else
	cat "${list:-$here/jobs.txt}"
fi | grep -v '^#' | grep . > "$logs/jobs"
{
	echo "srcdir=$srcdir build=$build"
	# An emulated processor is twenty times slower: a sample of the wrong programs, the right one once.
	echo "WINDSOCK_SAMPLE=${WINDSOCK_SAMPLE:-8} WINDSOCK_ROUNDS=${WINDSOCK_ROUNDS:-1}"
} > "$logs/settings"

# ---- the machine ----

# 9p with cache=loose: nobody else writes below while it runs, but for what does not matter here.
nice -n "${WINDSOCK_VM_NICE:-10}" timeout -k 10 $((minutes * 60)) qemu-system-x86_64 -accel "${WINDSOCK_VM_ACCEL:-tcg}" -cpu max -smp "$cpus" \
	-m "$memory" -nodefaults -no-user-config -display none -no-reboot -serial "file:$out/console" \
	-kernel "$kernel/vmlinuz" -initrd "$out/initramfs.gz" \
	-append "console=ttyS0 panic=-1 loglevel=4 windsock_inside=$here/inside.sh windsock_modules=$kernel/lib/modules" \
	-fsdev local,id=root,path=/,security_model=none,readonly=on,multidevs=remap \
	-device virtio-9p-pci,fsdev=root,mount_tag=root \
	-fsdev "local,id=logs,path=$logs,security_model=none" -device virtio-9p-pci,fsdev=logs,mount_tag=logs \
	-device virtio-rng-pci < /dev/null || echo "kernel.sh: qemu ended with $?" >&2

# ---- what came of it ----

[ -e "$logs/began" ] || { tail -n 30 "$out/console"; stop "$release did not come up: $out/console"; }
printf '%s, %s processors, %s MiB\n' "$release" "$cpus" "$memory"
awk -f "$here/summary.awk" "$logs/results"
status=$?
[ -e "$logs/ended" ] || { tail -n 5 "$out/console"; stop "$release did not come to the end of its list in $minutes minutes"; }
exit $status
