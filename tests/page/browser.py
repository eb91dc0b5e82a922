"""browser.py - a Chromium without a window, spoken to over two pipes (Chrome DevTools Protocol, NUL behind each message).

Nothing of it is needed from elsewhere: the pipes are descriptors 3 and 4 of --remote-debugging-pipe."""

import json
import os
import select
import shutil
import subprocess
import time

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
LIMIT = 100  # seconds for one answer, on a loaded machine


def find():
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Browser:
    def __init__(self, folder):
        ours_in, its_out = os.pipe()
        its_in, ours_out = os.pipe()

        def pipes():
            high_in, high_out = os.dup(its_in), os.dup(its_out)  # above 4, whatever was free
            os.dup2(high_in, 3)
            os.dup2(high_out, 4)

        # Its own sandbox needs what a container or root does not have; it opens nothing but our own file.
        self.process = subprocess.Popen(
            [find(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions",
             "--disable-background-networking", "--no-first-run", "--hide-scrollbars", "--user-data-dir=" + folder,
             "--remote-debugging-pipe", "about:blank"], preexec_fn=pipes, close_fds=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=dict(os.environ, HOME=folder, XDG_CONFIG_HOME=folder, XDG_CACHE_HOME=folder))
        os.close(its_in)
        os.close(its_out)
        self.input, self.output = ours_in, ours_out
        self.rest, self.number, self.events, self.session = b"", 0, [], None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in "Page", "Runtime", "Network", "Log":
            self.call(domain + ".enable")

    def message(self):
        until = time.monotonic() + LIMIT
        while b"\0" not in self.rest:
            ready, _, _ = select.select([self.input], [], [], max(0, until - time.monotonic()))
            data = os.read(self.input, 1 << 20) if ready else b""
            if not data:
                raise RuntimeError("the browser ended" if ready else "the browser gives no answer")
            self.rest += data
        one, self.rest = self.rest.split(b"\0", 1)
        return json.loads(one)

    def call(self, method, **parameters):
        self.number += 1
        call = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            call["sessionId"] = self.session
        data = json.dumps(call).encode() + b"\0"
        while data:
            data = data[os.write(self.output, data):]
        while True:
            answer = self.message()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError("%s: %s" % (method, answer["error"]))
                return answer["result"]
            self.events.append(answer)

    def wait(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.message())

    def open(self, address):
        """Waits until all of it is there; an address of the same page is loaded anew."""
        self.call("Page.navigate", url="about:blank")
        self.events = [event for event in self.events if event.get("method") != "Page.loadEventFired"]
        self.call("Page.navigate", url=address)
        self.wait_loaded(address)

    def wait_loaded(self, address):
        while self.run("location.href.split('#')[0] + ' ' + document.readyState") != address.split("#")[0] + " complete":
            self.wait("Page.loadEventFired")
            self.events = [event for event in self.events if event.get("method") != "Page.loadEventFired"]

    def run(self, script):
        """The value of an expression, or of what it promises."""
        done = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in done:
            raise RuntimeError("%s: %s" % (script, done["exceptionDetails"]))
        return done["result"].get("value")

    def key(self, key):
        code = {"Enter": 13, "Escape": 27, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}.get(key, 0)
        text = "\r" if key == "Enter" else key if len(key) == 1 else None
        more = {"text": text} if text else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, windowsVirtualKeyCode=code, **more)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)
        self.settle()

    def settle(self):
        """Until what was begun is drawn."""
        self.run("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")

    def look(self, width, height, scheme="light", phone=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.settle()

    def close(self):
        try:
            self.session = None
            self.call("Browser.close")
        except (RuntimeError, OSError):
            pass  # it is gone already
        os.close(self.input)
        os.close(self.output)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
