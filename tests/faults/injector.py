"""injector.py - what faults.py and scenarios.py share: a place to run windsock in, inject.c's side of it, processes, TAP."""
import ctypes
import mmap
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

COUNT, KILL, STOP, FAIL, HOLD = range(5)
ACTIONS = {"kill": KILL, "stop": STOP, "fail": FAIL}
LIMIT_S = 90
PR_SET_CHILD_SUBREAPER = 36
KILLED = -signal.SIGKILL
PLACES, STACKS, ADDRESSES, SETS = 32, 8192, 4096, 4


# ---- the file that inject.c shares with us ----

class Stack(ctypes.Structure):
    _fields_ = [("key", ctypes.c_uint64), ("depth", ctypes.c_uint32), ("unused", ctypes.c_uint32),
                ("places", ctypes.c_uint64 * PLACES)]


class Memory(ctypes.Structure):
    _fields_ = [("calls", ctypes.c_uint32), ("target", ctypes.c_uint32), ("action", ctypes.c_uint32),
                ("pid", ctypes.c_uint32), ("function", ctypes.c_char * 24), ("process", ctypes.c_char * 24),
                ("outer", ctypes.c_uint32), ("depth", ctypes.c_uint32), ("places", ctypes.c_uint64 * PLACES),
                ("only", ctypes.c_char * 24), ("later", ctypes.c_uint32), ("error", ctypes.c_uint32),
                ("released", ctypes.c_uint32), ("keeps", ctypes.c_uint32), ("clock_s", ctypes.c_int64),
                ("set_count", ctypes.c_uint32), ("ends", ctypes.c_uint32 * SETS), ("unused", ctypes.c_uint32),
                ("addresses", ctypes.c_uint64 * ADDRESSES), ("stacks", Stack * STACKS)]


class Plan:
    def __init__(self, path):
        self.path = path
        with open(path, "wb") as file:
            file.truncate(ctypes.sizeof(Memory))
        with open(path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), ctypes.sizeof(Memory))
        self.memory = Memory.from_buffer(self.map)
        os.chmod(path, 0o666)

    def set(self, action, target, sets=(), only="", later=False, error=0, clock_s=0, keeps=False):
        """The fault comes at the call number TARGET of those that are made beneath all SETS of places."""
        memory = self.memory
        ctypes.memset(ctypes.addressof(memory), 0, Memory.addresses.offset)
        memory.target, memory.action, memory.only, memory.later = target, action, only.encode(), later
        memory.error, memory.clock_s, memory.keeps, memory.set_count = error, clock_s, keeps, len(sets)
        at = 0
        for number, places in enumerate(sets):
            for place in sorted(places):
                memory.addresses[at] = place
                at += 1
            memory.ends[number] = at

    def get(self):
        memory = self.memory
        return {"places": list(memory.places[:memory.depth]), "calls": memory.calls, "pid": memory.pid,
                "function": memory.function.decode(), "process": memory.process.decode(), "outer": bool(memory.outer)}

    def has_come(self):
        return bool(self.memory.function)

    def release(self):
        self.memory.released = 1

    def stacks(self):
        return [list(stack.places[:stack.depth]) for stack in self.memory.stacks if stack.key]


# ---- where it all happens ----

class Lab:
    """A folder of our own, and the environment that injects."""

    def __init__(self, args):
        self.args = args
        self.folder = tempfile.mkdtemp(prefix="windsock-faults.")
        os.chmod(self.folder, 0o755)
        self.plan = Plan(os.path.join(self.folder, "plan"))
        self.clean = dict(os.environ, TMPDIR=self.sub("tmp"), HOME=self.sub("home"), COLUMNS="100")
        self.clean.pop("LD_PRELOAD", None)
        preload = [args.preload] if args.preload else []
        self.bad = dict(self.clean, LD_PRELOAD=":".join(preload + [args.inject]), INJECT=self.plan.path)
        self.functions = {}  # name: the places that it, or what is inlined in it, was seen at on a stack
        self.named = set()

    def sub(self, name):
        path = os.path.join(self.folder, name)
        os.makedirs(path, exist_ok=True)
        return path

    def workspace(self, name, program, file="server.c"):
        folder = self.sub(name)
        shutil.copy(program, os.path.join(folder, file))
        return folder

    def close(self):
        subprocess.run(["chmod", "-R", "u+rwX", self.folder], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def name_places(self, places):
        """For each place the functions that it lies in, innermost first: (function, file:line)."""
        asked = "".join(f"{place:#x}\n" for place in places)
        try:
            said = subprocess.run(["addr2line", "-aifse", self.args.windsock], input=asked, capture_output=True,
                                  text=True, check=False).stdout
        except OSError:
            return {}
        named = {}
        for part in re.split(r"^(?=0x)", said, flags=re.M)[1:]:
            lines = part.splitlines()
            named[int(lines[0], 16)] = [(function.split(".")[0], line.split(" ")[0])
                                        for function, line in zip(lines[1::2], lines[2::2])]
        return named

    def learn(self, command, environment=None):
        """Runs COMMAND once, undisturbed, to see which functions lead to calls. Its exit status and output."""
        ctypes.memset(ctypes.addressof(self.plan.memory), 0, ctypes.sizeof(Memory))
        self.plan.set(COUNT, 0, keeps=True)
        status, output = run(self, command, environment or self.bad)
        self.take_places()
        return status, output

    def take_places(self):
        places = {place for stack in self.plan.stacks() for place in stack} - self.named
        self.named |= places
        for place, functions in self.name_places(sorted(places)).items():
            for function, _ in functions:
                self.functions.setdefault(function, set()).add(place)

    def sets(self, stage):
        """The places of each function that STAGE names, or None where one was never seen."""
        names = stage.split()
        if not all(name in self.functions for name in names):
            return None
        return [self.functions[name] for name in names]


# ---- processes ----

def adopt_orphans():
    """Whatever our children leave behind becomes our child."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        sys.exit("no PR_SET_CHILD_SUBREAPER")


def children(pid=None):
    """Processes that are PID's, or ours, also by adoption."""
    pid = pid or os.getpid()
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(child) for child in file.read().split()]
    except OSError:
        return []


def descendants(pid=None):
    found = []
    for child in children(pid):
        found += [child, *descendants(child)]
    return found


def is_stopped(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rsplit(")", 1)[1].split()[0] == "T"
    except OSError:
        return False


def send(pid, number):
    try:
        os.kill(pid, number)
        return True
    except ProcessLookupError:
        return False


def wake_all():
    """The stopped one is stopped within a pid namespace perhaps: whoever of ours is in state T goes on."""
    for pid in descendants():
        if is_stopped(pid):
            send(pid, signal.SIGCONT)


def wake(pids):
    """And whoever was about to stop."""
    for pid in pids:
        send(pid, signal.SIGCONT)
    wake_all()


def take_defaults():
    """What runs in the background, or under nohup, has some of them ignored."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def run(lab, command, environment, during=None, **options):
    """The exit status, or None when it did not end; and what was printed. DURING is called with the process."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment,
                                   cwd=options.pop("cwd", lab.folder), start_new_session=True,
                                   preexec_fn=take_defaults, **options)
        try:
            if during:
                during(process)
            status = process.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            for pid in [*descendants(process.pid), process.pid]:
                send(pid, signal.SIGKILL)
            process.wait()
            status = None
        output.seek(0)
        return status, output.read().decode(errors="replace")


def nobody_left():
    """Whether every process that was left to us ends by itself, soon."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return True
        if not pid:
            time.sleep(0.005)
    return False


def left_files(lab):
    return [os.path.join(folder, file) for name in ("tmp", "home") for folder, folders, files in
            os.walk(os.path.join(lab.folder, name)) for file in files + folders]


def mounts(folder):
    """Those in FOLDER."""
    with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as file:
        return sorted(line.split()[4] for line in file if folder in line)


# ---- TAP ----

class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def line(self, good, name, detail=""):
        self.count += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {name}", flush=True)
        if not good:
            for text in str(detail).splitlines():
                print(f"#   {text}", flush=True)

    def end(self):
        print(f"1..{self.count}")
        return 1 if self.failed else 0


def stack(lab, hit):
    """Functions of windsock's that led to the call, outermost last."""
    named = lab.name_places(hit["places"])
    return " < ".join(f"{function} {line}" for place in hit["places"] for function, line in named.get(place, ()))
