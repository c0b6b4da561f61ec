internal import HearthFiles
internal import Synchronization

/// Pushes that wait in files, of this process alone: processes that share a folder have a part each, told by a lock, and the
/// next to start takes over what a dead one left. Files are private, and whole or not there. Thread-safe; calls wait for the
/// disk.
final class Spool: Sendable {
    private let folder: String
    private let part = Mutex<Part?>(nil)

    private struct Part {
        var path: String
        var lock: SpoolLock
    }

    struct Found {
        var key: PushKey
        /// Bytes of the file.
        var size: Int
    }

    private static let lockName = "lock"
    /// Processes that share a folder, those that died too.
    private static let mostParts = 256
    /// What a push can be at most; larger files are not of Hearth.
    private static let largestFile = 64 << 20

    init(folder: String) { self.folder = folder }

    /// Takes a part of the folder, and what others left in theirs. Returns all that waits, oldest first.
    func open() throws(FileError) -> [Found] {
        let part = try claim()
        for number in 0..<Self.mostParts {
            let other = path(of: number)
            guard other != part.path else { continue }
            guard (try? PathStatus(other)) != nil else { break }
            // Held while its files are moved; whoever starts meanwhile takes another.
            guard let lock = try? SpoolLock.take("\(other)/\(Self.lockName)"), lock.isInPlace else { continue }
            for name in (try? namesInFolder(other)) ?? [] where PushKey(fileName: name) != nil {
                _ = renameFile("\(other)/\(name)", to: "\(part.path)/\(name)")
            }
        }
        self.part.withLock { $0 = part }
        return try found(in: part.path)
    }

    /// Writes a push, and makes the folder anew where somebody removed it.
    ///
    /// - Returns: the size of the file.
    func write(_ body: [UInt8], _ key: PushKey) throws(FileError) -> Int {
        let bytes = SpoolFile.encoded(body)
        let path = try usablePart()
        let file = try AtomicFile(path: "\(path)/\(key.fileName)", mode: 0o600)
        try file.write(bytes)
        try file.commit()
        return bytes.count
    }

    /// Nil for what is damaged or gone.
    func read(_ key: PushKey) -> [UInt8]? {
        guard let path = part.withLock({ $0?.path }),
            let bytes = try? readFile("\(path)/\(key.fileName)", limit: Self.largestFile)
        else { return nil }
        return SpoolFile.decoded(bytes)
    }

    func remove(_ key: PushKey) {
        if let path = part.withLock({ $0?.path }) { removeFile("\(path)/\(key.fileName)") }
    }

    /// Leaves what is there to others.
    func close() { part.withLock { $0 = nil } }

    private func path(of number: Int) -> String { "\(folder)/\(number)" }

    private func usablePart() throws(FileError) -> String {
        if let part = part.withLock({ $0 }), part.lock.isInPlace { return part.path }
        let new = try claim()
        part.withLock { $0 = new }
        return new.path
    }

    /// The first part that is nobody's.
    private func claim() throws(FileError) -> Part {
        for number in 0..<Self.mostParts {
            let path = path(of: number)
            makeFolder(path, mode: 0o700)
            if let lock = try SpoolLock.take("\(path)/\(Self.lockName)") { return Part(path: path, lock: lock) }
        }
        throw FileError(.create, path: path(of: Self.mostParts), code: SpoolLock.tooMany)
    }

    private func found(in path: String) throws(FileError) -> [Found] {
        var found: [Found] = []
        for name in try namesInFolder(path) {
            guard let key = PushKey(fileName: name) else {
                // Of a process that died while it wrote.
                if name.hasSuffix(".partial") { removeFile("\(path)/\(name)") }
                continue
            }
            if let status = try? PathStatus("\(path)/\(name)", followsLinks: false), status.kind == .file {
                found.append(Found(key: key, size: status.size))
            }
        }
        return found.sorted { $0.key < $1.key }
    }
}
