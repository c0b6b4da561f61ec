import Foundation

/// A tab with one document in it.
struct BrowserPage {
    struct Point {
        var x: Double
        var y: Double
    }

    let browser: Browser
    private let session: String

    /// Opens a file and waits until it is loaded. `dark` is what the system prefers.
    init(_ browser: Browser, _ file: URL, width: Int = 1280, height: Int = 720, dark: Bool = false) throws {
        self.browser = browser
        let target = try browser.send("Target.createTarget", ["url": "about:blank"])
        let attached = try browser.send(
            "Target.attachToTarget", ["targetId": target["targetId"] ?? "", "flatten": true])
        session = attached["sessionId"] as? String ?? ""
        for domain in ["Page", "Runtime", "Log"] { try send("\(domain).enable") }
        try send(
            "Emulation.setDeviceMetricsOverride",
            ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": false])
        try prefer(dark: dark)
        try open(file.absoluteString)
    }

    func open(_ address: String) throws {
        try send("Page.navigate", ["url": address])
        _ = try browser.waitForEvent("Page.loadEventFired", session: session)
    }

    func prefer(dark: Bool) throws {
        let feature = ["name": "prefers-color-scheme", "value": dark ? "dark" : "light"]
        try send("Emulation.setEmulatedMedia", ["features": [feature]])
    }

    @discardableResult
    func send(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any] {
        try browser.send(method, parameters, session: session)
    }

    /// The value of an expression, which must be one that JSON can hold.
    @discardableResult
    func evaluate(_ expression: String) throws -> Any? {
        let answer = try send("Runtime.evaluate", ["expression": expression, "returnByValue": true])
        if let details = answer["exceptionDetails"] as? [String: Any] {
            throw Browser.Failure.refused("\(expression): \(details)")
        }
        return (answer["result"] as? [String: Any])?["value"]
    }

    func text(_ expression: String) throws -> String { try evaluate(expression) as? String ?? "" }

    func number(_ expression: String) throws -> Double { (try evaluate(expression) as? NSNumber)?.doubleValue ?? .nan }

    /// What the document complained of since the last call: exceptions, console errors, log errors.
    func problems() -> [String] {
        let thrown = browser.takeEvents("Runtime.exceptionThrown", session: session).map { event in
            let details = event["exceptionDetails"] as? [String: Any]
            let exception = details?["exception"] as? [String: Any]
            return "line \(details?["lineNumber"] ?? "?"): \(exception?["description"] ?? details?["text"] ?? "?")"
        }
        let console = browser.takeEvents("Runtime.consoleAPICalled", session: session).compactMap { event -> String? in
            let type = event["type"] as? String
            return type == "error" || type == "assert" ? "\(event)" : nil
        }
        let log = browser.takeEvents("Log.entryAdded", session: session).compactMap { event -> String? in
            let entry = event["entry"] as? [String: Any]
            return entry?["level"] as? String == "error" ? "\(event)" : nil
        }
        return thrown + console + log
    }

    // MARK: Hands

    func move(to point: Point) throws { try mouse("mouseMoved", point, clicks: 0) }

    func click(_ point: Point) throws {
        try move(to: point)
        try mouse("mousePressed", point, clicks: 1)
        try mouse("mouseReleased", point, clicks: 1)
    }

    private func mouse(_ type: String, _ point: Point, clicks: Int) throws {
        try send(
            "Input.dispatchMouseEvent",
            ["type": type, "x": point.x, "y": point.y, "button": clicks > 0 ? "left" : "none", "clickCount": clicks])
    }

    /// Presses and releases a key by its DOM name, such as `Escape`, `ArrowUp` or `f`.
    func press(_ key: String, control: Bool = false) throws {
        let code = key.count == 1 ? "Key\(key.uppercased())" : key
        var event: [String: Any] = ["key": key, "code": code, "modifiers": control ? 2 : 0]
        event["windowsVirtualKeyCode"] = Self.virtualCode(key)
        // A key with text types it; one with Control, or a named one, does not.
        let types = key.count == 1 && !control
        if types { event["text"] = key }
        if key == "Enter" { event["text"] = "\r" }
        event["type"] = types || key == "Enter" ? "keyDown" : "rawKeyDown"
        try send("Input.dispatchKeyEvent", event)
        event["type"] = "keyUp"
        event["text"] = nil
        try send("Input.dispatchKeyEvent", event)
    }

    private static let virtualCodes = [
        "Escape": 27, "Enter": 13, "Tab": 9, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40,
        "Home": 36, "/": 191,
    ]

    /// Letters and digits have their own code; that of `(` would be the down arrow's.
    private static func virtualCode(_ key: String) -> Int {
        if let code = virtualCodes[key] { return code }
        guard let character = key.uppercased().first, character.isLetter || character.isNumber else { return 0 }
        return Int(character.asciiValue ?? 0)
    }

    func type(_ text: String) throws {
        for character in text { try press(String(character)) }
    }

    /// Takes a picture of the window as PNG; kept where `HEARTH_SCREENSHOTS` names a folder.
    func screenshot(_ name: String) throws -> Data {
        let answer = try send("Page.captureScreenshot", ["format": "png"])
        let picture = Data(base64Encoded: answer["data"] as? String ?? "") ?? Data()
        if let folder = ProcessInfo.processInfo.environment["HEARTH_SCREENSHOTS"] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try picture.write(to: URL(fileURLWithPath: folder).appendingPathComponent("\(name).png"))
        }
        return picture
    }
}
