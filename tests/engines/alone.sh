# Sourced first by the tests of this folder: begins the script again in namespaces of its own (processes, mounts,
# network), so that daemons find their ports free, see nobody else, and are gone with the script, however it ends.
if [ -z "${WINDSOCK_ALONE:-}" ]; then
	[ "$(id -u)" -eq 0 ] || { echo "1..0 # SKIP daemons that start jobs for others want root"; exit 0; }
	unshare --mount --pid --net --fork true 2> /dev/null ||
		if [ -n "${WINDSOCK_MUST_RUN:-}" ]; then
			echo "Bail out! WINDSOCK_MUST_RUN is set, but namespaces cannot be made here"
			exit 99
		else
			echo "1..0 # SKIP namespaces cannot be made here"
			exit 0
		fi
	WINDSOCK_ALONE=yes
	export WINDSOCK_ALONE
	exec unshare --mount --propagation private --pid --net --fork --kill-child --mount-proc sh "$0" "$@"
fi
