public import HearthFiles
internal import HearthObjectFiles

/// Object files by build-id, for naming a profile of another machine: programs, libraries and separate debug files.
public struct BinaryIndex: Sendable {
    private var byBuildID: [String: [String]] = [:]
    private var byName: [String: [String]] = [:]
    /// Object files that were found.
    public private(set) var count = 0

    public init() {}

    /// Looks at every file named, and at every file in the folders named and below; what is no ELF file is passed over.
    /// Symbolic links inside folders are not followed. O(files).
    ///
    /// - Throws: `FileError` where a path that was named cannot be read.
    public init(_ paths: [String]) throws(FileError) {
        for path in paths {
            if try PathStatus(path).kind == .folder { try addFolder(path) } else { add(path) }
        }
    }

    func paths(buildID: String) -> [String] { byBuildID[buildID] ?? [] }

    /// Files of this name that have no build-id to tell builds apart.
    func paths(named name: String) -> [String] { byName[name] ?? [] }

    private mutating func addFolder(_ root: String) throws(FileError) {
        var pending = [root]
        while let folder = pending.popLast() {
            let names: [String]
            do throws(FileError) { names = try namesInFolder(folder) } catch {
                if folder == root { throw error }
                continue
            }
            for name in names {
                let path = "\(folder)/\(name)"
                switch (try? PathStatus(path, followsLinks: false))?.kind {
                case .folder: pending.append(path)
                case .file: add(path)
                default: break
                }
            }
        }
    }

    private mutating func add(_ path: String) {
        guard let file = MappedFile(path: path), let headers = file.withBytes({ try? ELFFile($0) }),
            headers.type == .executable || headers.type == .sharedObject
        else { return }
        count += 1
        let buildID = file.withBytes { headers.buildID(in: $0) } ?? ""
        if buildID.isEmpty {
            byName[path.split(separator: "/").last.map(String.init) ?? path, default: []].append(path)
        } else {
            byBuildID[buildID, default: []].append(path)
        }
    }
}
