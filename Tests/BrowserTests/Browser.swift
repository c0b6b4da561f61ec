import Foundation

/// A headless Chromium of our own, spoken to by the DevTools protocol: messages of JSON, each ended by a zero byte, over
/// descriptors 3 and 4 of the browser. Lives as long as this object; not thread-safe.
final class Browser {
    enum Failure: Error, CustomStringConvertible {
        case notInstalled
        case notStarted(Int32)
        case gone(String)
        case timedOut(String)
        case refused(String)

        var description: String {
            switch self {
            case .notInstalled: "no chromium in PATH: install Debian's package chromium"
            case .notStarted(let code): "chromium did not start: error \(code)"
            case .gone(let what): "chromium ended during \(what)"
            case .timedOut(let what): "chromium gave no answer to \(what) in \(Int(Browser.patience)) s"
            case .refused(let what): what
            }
        }
    }

    /// Seconds to wait for any one thing; generous, for it decides nothing but when to give up.
    static let patience = 60.0

    private let profile = FileManager.default.temporaryDirectory.appendingPathComponent(
        "hearth-chromium-\(UUID().uuidString)")
    private var process: pid_t = 0
    private var commands: Int32 = -1
    private var answers: Int32 = -1
    private var received: [UInt8] = []
    private var nextIdentifier = 1
    /// Events not yet taken, oldest first.
    private var events: [[String: Any]] = []

    init() throws {
        guard let program = Self.program() else { throw Failure.notInstalled }
        try FileManager.default.createDirectory(at: profile, withIntermediateDirectories: true)
        let toBrowser = try Self.pipe()
        let fromBrowser = try Self.pipe()
        (commands, answers) = (toBrowser.write, fromBrowser.read)
        defer {
            close(toBrowser.read)
            close(fromBrowser.write)
        }
        try start(program, reading: toBrowser.read, writing: fromBrowser.write)
    }

    deinit {
        if process > 0 {
            // The browser leads a group of its own: its helpers end with it.
            kill(-process, SIGKILL)
            var status: Int32 = 0
            unsafe waitpid(process, &status, 0)
        }
        close(commands)
        close(answers)
        try? FileManager.default.removeItem(at: profile)
    }

    private static func program() -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
        for folder in path.split(separator: ":") {
            for name in ["chromium", "chromium-browser", "google-chrome"] {
                let candidate = "\(folder)/\(name)"
                if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
            }
        }
        return nil
    }

    /// Both ends are over the numbers that the browser wants, so that no `dup2` hits one of them.
    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard unsafe Glibc.pipe(&ends) == 0 else { throw Failure.notStarted(errno) }
        let moved = ends.map { fcntl($0, F_DUPFD_CLOEXEC, 20) }
        ends.forEach { close($0) }
        guard moved.allSatisfy({ $0 >= 0 }) else { throw Failure.notStarted(EMFILE) }
        return (moved[0], moved[1])
    }

    private func start(_ program: String, reading: Int32, writing: Int32) throws {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, reading, 3)
        unsafe posix_spawn_file_actions_adddup2(&actions, writing, 4)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        let arguments = [
            program, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run",
            "--disable-background-networking", "--disable-dev-shm-usage", "--hide-scrollbars", "--lang=en-US",
            "--user-data-dir=\(profile.path)", "about:blank",
        ]
        var words = unsafe arguments.map { unsafe strdup($0) }
        defer { unsafe words.forEach { unsafe free($0) } }
        unsafe words.append(nil)
        let code = unsafe posix_spawn(&process, program, &actions, &attributes, words, environ)
        guard code == 0 else {
            process = 0
            throw Failure.notStarted(code)
        }
    }

    // MARK: Messages

    /// Sends a command and waits for its answer; events that come meanwhile are kept.
    @discardableResult
    func send(_ method: String, _ parameters: [String: Any] = [:], session: String? = nil) throws -> [String: Any] {
        let identifier = nextIdentifier
        nextIdentifier += 1
        var message: [String: Any] = ["id": identifier, "method": method, "params": parameters]
        message["sessionId"] = session
        try write([UInt8](JSONSerialization.data(withJSONObject: message)) + [0], method)
        let deadline = Date().addingTimeInterval(Self.patience)
        while true {
            let answer = try next(before: deadline, for: method)
            guard let number = answer["id"] as? Int else {
                events.append(answer)
                continue
            }
            guard number == identifier else { continue }
            if let error = answer["error"] as? [String: Any] { throw Failure.refused("\(method): \(error)") }
            return answer["result"] as? [String: Any] ?? [:]
        }
    }

    /// Takes the first event of this name, waiting for it where it has not come yet.
    func waitForEvent(_ method: String, session: String) throws -> [String: Any] {
        let deadline = Date().addingTimeInterval(Self.patience)
        while true {
            let index = events.firstIndex { $0["method"] as? String == method && $0["sessionId"] as? String == session }
            if let index { return events.remove(at: index) }
            events.append(try next(before: deadline, for: method))
        }
    }

    /// Takes all events of this name that have come.
    func takeEvents(_ method: String, session: String) -> [[String: Any]] {
        let isWanted = { (event: [String: Any]) in
            event["method"] as? String == method && event["sessionId"] as? String == session
        }
        defer { events.removeAll(where: isWanted) }
        return events.filter(isWanted).map { $0["params"] as? [String: Any] ?? [:] }
    }

    private func write(_ bytes: [UInt8], _ method: String) throws {
        var start = 0
        while start < bytes.count {
            let count = unsafe bytes[start...].withUnsafeBytes {
                unsafe Glibc.write(commands, $0.baseAddress, $0.count)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Failure.gone(method) }
            start += count
        }
    }

    private func next(before deadline: Date, for method: String) throws -> [String: Any] {
        while true {
            if let end = received.firstIndex(of: 0) {
                let message = Data(received[..<end])
                received.removeSubrange(...end)
                return try JSONSerialization.jsonObject(with: message) as? [String: Any] ?? [:]
            }
            let left = deadline.timeIntervalSinceNow
            guard left > 0 else { throw Failure.timedOut(method) }
            var descriptor = pollfd(fd: answers, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&descriptor, 1, Int32(left * 1_000) + 1) > 0 else { continue }
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            let count = unsafe read(answers, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Failure.gone(method) }
            received.append(contentsOf: chunk.prefix(count))
        }
    }
}
