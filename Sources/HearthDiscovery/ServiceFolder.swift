internal import Foundation
package import HearthFiles

/// Where the services of a user say that their profilers listen: a file each, beside the sockets.
///
/// `$XDG_RUNTIME_DIR/hearth` where that is set, `/run/hearth` for root, else `/tmp/hearth-UID`. Nobody but the user may read
/// it: whoever may talk to a profiler sees the names of a program's functions.
package struct ServiceFolder: Sendable {
    package let path: String

    package init(path: String) { self.path = path }

    /// That of this process's user.
    package static func own(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> ServiceFolder {
        if let runtime = environment["XDG_RUNTIME_DIR"], runtime.hasPrefix("/") {
            return ServiceFolder(path: "\(runtime)/hearth")
        }
        return ServiceFolder(path: geteuid() == 0 ? "/run/hearth" : "/tmp/hearth-\(geteuid())")
    }

    /// Those that this process's user can read: all for root.
    package static func all() -> [ServiceFolder] {
        var paths = [own().path]
        if geteuid() == 0 {
            paths += ["/run/hearth"]
            paths += ((try? namesInFolder("/run/user")) ?? []).map { "/run/user/\($0)/hearth" }
            paths += ((try? namesInFolder("/tmp")) ?? []).filter { $0.hasPrefix("hearth-") }.map { "/tmp/\($0)" }
        }
        var seen: Set<String> = []
        return paths.filter { seen.insert($0).inserted }.map(ServiceFolder.init)
    }

    /// Makes the folder if it is not there.
    ///
    /// - Throws: when it cannot be made, or is another user's: in `/tmp` anybody may have made it.
    package func make() throws(FileError) {
        makeFolder(path, mode: 0o700)
        guard isOwn else { throw FileError(.create, path: path, code: EACCES) }
    }

    private var isOwn: Bool {
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return false }
        return status.st_uid == geteuid() && status.st_mode & 0o022 == 0
    }

    package func announce(_ service: ListeningService) throws(FileError) {
        try make()
        guard let bytes = try? JSONEncoder().encode(service) else { return }
        let file = try AtomicFile(path: file(service), mode: 0o600)
        try file.write(Array(bytes))
        try file.commit()
    }

    package func withdraw(_ service: ListeningService) { removeFile(file(service)) }

    /// Those whose process is there; what dead ones have left is removed. A file that says nothing sensible is left out.
    package func services() -> [ListeningService] {
        // Root reads the folders of others; nobody else believes them.
        guard isOwn || geteuid() == 0 else { return [] }
        let files = ((try? namesInFolder(path)) ?? []).filter { $0.hasSuffix(".json") }.sorted()
        return files.compactMap { name in
            guard let bytes = try? readFile("\(path)/\(name)", limit: 1 << 16),
                let service = try? JSONDecoder().decode(ListeningService.self, from: Data(bytes))
            else { return nil }
            if service.isAlive { return service }
            if isOwn {
                removeFile("\(path)/\(name)")
                removeFile("\(path)/\(name.dropLast(5)).sock")
            }
            return nil
        }
    }

    /// For the profiler's own socket in here.
    package func socketPath(service: String, pid: Int32) -> String {
        "\(path)/\(ListeningService.fileName(service: service, pid: pid)).sock"
    }

    private func file(_ service: ListeningService) -> String {
        "\(path)/\(ListeningService.fileName(service: service.service, pid: service.pid)).json"
    }
}
