internal import HearthDiscovery
internal import HearthHTTP
internal import HearthTerminal

/// What a person means by a service: its name, its process, or where it listens.
struct ServiceTarget {
    var url: HTTPURL
    /// For messages and titles: `recommender (17)`, or the address.
    var name: String

    /// - Parameter services: those that listen on this machine.
    init(_ text: String, among services: [ListeningService]) throws {
        if text.contains("/") || text.contains(":") {
            let hasScheme = text.contains("://") || text.hasPrefix("unix:") || text.hasPrefix("/")
            do throws(HTTPURLError) {
                url = try HTTPURL(hasScheme ? text : "http://\(text.hasPrefix(":") ? "127.0.0.1" : "")\(text)")
            } catch {
                throw CommandFailure("\(error)", exitCode: 2)
            }
            name = "\(url)"
            return
        }
        let byName = services.filter { $0.service == text }
        let byPID = services.filter { "\($0.pid)" == text }
        let found = byName + byPID.filter { !byName.contains($0) }
        guard let service = found.first else { throw Self.unknown(text, services) }
        guard found.count == 1 else {
            let processes = found.map { "\($0.pid)" }.joined(separator: ", ")
            throw CommandFailure(
                "\(found.count) processes are called '\(text)'", exitCode: 2, hint: "name one by its PID: \(processes)")
        }
        name = "\(service.service) (\(service.pid))"
        url = try service.url()
    }

    private static func unknown(_ text: String, _ services: [ListeningService]) -> CommandFailure {
        let names = services.map(\.service).sorted().prefix(10).joined(separator: ", ")
        let known = names.isEmpty ? "no service of yours listens here" : "listening: \(names)"
        let isPID = text.allSatisfy(\.isNumber)
        return CommandFailure(
            isPID ? "process \(text) does not listen" : "no service '\(text)' listens",
            hint: "\(known); a service listens when it links HearthServer and HEARTH_LISTEN=unix is set")
    }
}

extension ListeningService {
    /// Where to ask it.
    func url() throws(HTTPURLError) -> HTTPURL {
        try HTTPURL(address.hasPrefix("unix:") ? address : "http://\(address)")
    }
}
