//! A headless Chromium, spoken to over the DevTools protocol.
//!
//! Only what the tests need: about twenty methods of a protocol that has thousands, so that a WebSocket and JSON are the
//! whole of it. Nothing here waits for a time to pass: every answer and event is waited for, and real time only bounds
//! how long (the socket's timeout), because the browser lives in it.

use std::{
    env,
    ffi::OsStr,
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread::{self, JoinHandle},
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

/// How long anything may take before the browser counts as hung. Generous: machines that build are busy.
const PATIENCE: Duration = Duration::from_secs(90);

/// A browser of its own, with one page.
pub(crate) struct Browser {
    process: Child,
    complaints: Option<JoinHandle<()>>,
    socket: WebSocket<TcpStream>,
    session: Option<String>,
    calls: u64,
    events: Vec<Value>,
    profile: PathBuf,
}

impl Browser {
    /// A browser, unless there is none on this machine, which is said aloud. With `REQUIRE_BROWSER` set there has to be one.
    pub(crate) fn launch() -> Option<Self> {
        let Some(program) = program() else {
            assert!(
                env::var_os("REQUIRE_BROWSER").is_none(),
                "REQUIRE_BROWSER is set, and there is no Chromium: install the package `chromium`, or name the program in CHROMIUM"
            );
            // Written past the capture of the test harness, so that a skipped test can be seen.
            let _ = writeln!(
                std::io::stderr(),
                "SKIPPED: there is no Chromium to open the report in; install the package `chromium`, or name the program in CHROMIUM"
            );
            return None;
        };
        let profile = fresh_folder();
        let mut process = Command::new(program)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-quic",
                "--no-first-run",
                "--no-default-browser-check",
                "--disable-extensions",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--window-size=1280,900",
                "--remote-debugging-port=0",
            ])
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("Chromium starts");
        let stderr = process.stderr.take().expect("it is piped");
        let (found, address) = mpsc::channel();
        // Read to its end, so that the browser never waits for somebody to read.
        let complaints = thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if let Some(address) = line.strip_prefix("DevTools listening on ") {
                    let _ = found.send(address.to_owned());
                }
            }
        });
        let address = address
            .recv_timeout(PATIENCE)
            .expect("Chromium says where it listens");
        let host = address.trim_start_matches("ws://").split('/').next();
        let stream = TcpStream::connect(host.expect("an address has a host")).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("not zero");
        let (socket, _) = tungstenite::client(&address, stream).expect("it speaks WebSocket");
        let mut browser = Self {
            process,
            complaints: Some(complaints),
            socket,
            session: None,
            calls: 0,
            events: Vec::new(),
            profile,
        };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let target = json!({ "targetId": target["targetId"], "flatten": true });
        let session = browser.call("Target.attachToTarget", target);
        browser.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    /// Calls a method and returns its answer.
    pub(crate) fn call(&mut self, method: &str, params: Value) -> Value {
        self.calls += 1;
        let id = self.calls;
        let mut call = json!({ "id": id, "method": method });
        call["params"] = params;
        if let Some(session) = &self.session {
            call["sessionId"] = json!(session);
        }
        let text = Message::text(call.to_string());
        self.socket.send(text).expect("Chromium listens");
        loop {
            let message = self.next(method);
            if message["id"] == json!(id) {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].clone();
            }
            self.events.push(message);
        }
    }

    /// Opens a file, in a page that knows nothing of the one before, and returns when it has loaded.
    pub(crate) fn open(&mut self, file: &Path) {
        self.open_at(file, "");
    }

    /// As [`open`](Self::open), at a place in it.
    pub(crate) fn open_at(&mut self, file: &Path, hash: &str) {
        self.navigate("about:blank");
        let file = file.display().to_string().replace('\\', "/");
        self.navigate(&format!("file:///{}{hash}", file.trim_start_matches('/')));
    }

    fn navigate(&mut self, url: &str) {
        self.events.clear();
        let answer = self.call("Page.navigate", json!({ "url": url }));
        assert!(answer["errorText"].is_null(), "{url}: {answer}");
        let has_loaded = |event: &Value| event["method"] == "Page.loadEventFired";
        while !self.events.iter().any(has_loaded) {
            let event = self.next("the page loads");
            self.events.push(event);
        }
    }

    /// Lets pages read and write the clipboard.
    pub(crate) fn grant_clipboard(&mut self) {
        let permissions =
            json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
        // The browser's to grant, not the page's.
        let session = self.session.take();
        self.call("Browser.grantPermissions", permissions);
        self.session = session;
    }

    /// Runs a script in every page that is opened from now on, before its own.
    pub(crate) fn before_every_page(&mut self, script: &str) {
        let params = json!({ "source": script });
        self.call("Page.addScriptToEvaluateOnNewDocument", params);
    }

    /// What an expression comes to in the page; a promise is waited for.
    pub(crate) fn eval(&mut self, expression: &str) -> Value {
        let params = json!({
            "expression": expression,
            "awaitPromise": true,
            "returnByValue": true,
            "userGesture": true,
        });
        let answer = self.call("Runtime.evaluate", params);
        assert!(
            answer["exceptionDetails"].is_null(),
            "{expression}: {}",
            answer["exceptionDetails"]
        );
        answer["result"]["value"].clone()
    }

    /// Waits in the page until an expression holds.
    pub(crate) fn until(&mut self, expression: &str) {
        let seconds = PATIENCE.as_secs() / 2;
        let held = self.eval(&format!(
            "new Promise((done) => {{
                const began = Date.now();
                const look = () => {{
                    if ({expression}) done(true);
                    else if (Date.now() - began > {seconds}000) done(false);
                    else setTimeout(look, 10);
                }};
                look();
            }})"
        ));
        assert_eq!(held, json!(true), "it never came to: {expression}");
    }

    /// Clicks on the first element that a selector finds, as somebody with a mouse does.
    pub(crate) fn click(&mut self, selector: &str) {
        let place = self.eval(&format!(
            "(() => {{
                const element = document.querySelector({});
                element.scrollIntoView({{ block: 'center', behavior: 'instant' }});
                const {{ x, y, width, height }} = element.getBoundingClientRect();
                return {{ x: x + width / 2, y: y + height / 2 }};
            }})()",
            json!(selector)
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            let params = json!({
                "type": kind, "x": place["x"], "y": place["y"], "button": "left", "clickCount": 1,
            });
            self.call("Input.dispatchMouseEvent", params);
        }
    }

    /// Presses a key: a letter, or the name of a key that writes nothing.
    pub(crate) fn press(&mut self, key: &str) {
        let text = if key.chars().count() == 1 { key } else { "" };
        for kind in ["keyDown", "keyUp"] {
            let mut params = json!({ "type": kind, "key": key, "code": key });
            if kind == "keyDown" && !text.is_empty() {
                params["text"] = json!(text);
            }
            if key == "Tab" {
                params["windowsVirtualKeyCode"] = json!(9);
            }
            self.call("Input.dispatchKeyEvent", params);
        }
    }

    /// Writes a text where the cursor is.
    pub(crate) fn write(&mut self, text: &str) {
        self.call("Input.insertText", json!({ "text": text }));
    }

    /// Makes the window so wide.
    pub(crate) fn resize(&mut self, width: u32, height: u32) {
        let params =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", params);
    }

    /// Shows the page on a medium (`screen`, `print`) to somebody who prefers a scheme (`light`, `dark`).
    pub(crate) fn show_on(&mut self, medium: &str, scheme: &str) {
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        let params = json!({ "media": medium, "features": features });
        self.call("Emulation.setEmulatedMedia", params);
    }

    /// What the page complained about since it was opened: messages on the console, exceptions, violations of its policy.
    pub(crate) fn complaints(&mut self) -> Vec<String> {
        // What has happened is told before what is answered now.
        self.eval("1");
        let of = |event: &&Value| {
            matches!(
                event["method"].as_str(),
                Some("Runtime.exceptionThrown" | "Runtime.consoleAPICalled" | "Log.entryAdded")
            )
        };
        self.events
            .iter()
            .filter(of)
            .map(Value::to_string)
            .collect()
    }

    /// The addresses that were asked for since the page was opened, its own among them.
    pub(crate) fn requests(&mut self) -> Vec<String> {
        self.eval("1");
        let of = |event: &Value| {
            (event["method"] == "Network.requestWillBeSent").then(|| {
                let url = event["params"]["request"]["url"].as_str();
                url.unwrap_or_default().to_owned()
            })
        };
        self.events.iter().filter_map(of).collect()
    }

    /// Keeps a picture of the window, or of the whole page.
    pub(crate) fn picture(&mut self, name: &str, whole: bool) {
        let params = json!({ "format": "png", "captureBeyondViewport": whole });
        let answer = self.call("Page.captureScreenshot", params);
        keep(name, &decoded(&answer));
    }

    /// Keeps the page as it is printed.
    pub(crate) fn print(&mut self, name: &str) -> Vec<u8> {
        let answer = self.call("Page.printToPDF", json!({ "printBackground": true }));
        let pdf = decoded(&answer);
        keep(name, &pdf);
        pdf
    }

    fn next(&mut self, method: &str) -> Value {
        loop {
            match self.socket.read() {
                Ok(Message::Text(text)) => return serde_json::from_str(&text).expect("it is JSON"),
                Ok(_) => {}
                Err(error) => panic!("Chromium did not answer {method}: {error}"),
            }
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Killed rather than asked: nothing of it is kept. Its children end with it.
        let _ = self.process.kill();
        let _ = self.process.wait();
        if let Some(complaints) = self.complaints.take() {
            let _ = complaints.join();
        }
        let _ = fs::remove_dir_all(&self.profile);
    }
}

/// Where pictures are kept: `SCREENSHOTS`, or the folder of the build that tests may write to.
pub(crate) fn artefacts() -> PathBuf {
    let folder = env::var_os("SCREENSHOTS").map_or_else(
        || Path::new(env!("CARGO_TARGET_TMPDIR")).join("report-page"),
        PathBuf::from,
    );
    fs::create_dir_all(&folder).expect("the folder for pictures can be made");
    folder
}

fn keep(name: &str, bytes: &[u8]) {
    assert!(!bytes.is_empty(), "{name} is empty");
    fs::write(artefacts().join(name), bytes).expect("the picture can be kept");
}

fn decoded(answer: &Value) -> Vec<u8> {
    let text = answer["data"].as_str().unwrap_or_default();
    BASE64_STANDARD.decode(text).expect("it is base64")
}

/// The browser's program: what `CHROMIUM` names, or the first of its usual names on the path.
fn program() -> Option<PathBuf> {
    if let Some(named) = env::var_os("CHROMIUM") {
        return Some(PathBuf::from(named));
    }
    const NAMES: [&str; 4] = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ];
    let path = env::var_os("PATH")?;
    let found = |name: &str| {
        env::split_paths(&path)
            .map(|folder| folder.join(name).with_extension(env::consts::EXE_EXTENSION))
            .find(|program| program.is_file())
    };
    NAMES.into_iter().find_map(found)
}

fn fresh_folder() -> PathBuf {
    let name = thread::current()
        .name()
        .unwrap_or("page")
        .replace(|character: char| !character.is_alphanumeric(), "-");
    let folder = env::temp_dir().join(OsStr::new(&format!("{name}-{}", std::process::id())));
    // A leftover of a process of the same number would not be fresh.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder for the browser's profile can be made");
    folder
}
