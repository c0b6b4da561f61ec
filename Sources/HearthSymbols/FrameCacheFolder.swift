internal import HearthFiles

/// A folder with one ``FrameCacheFile`` a build-id, kept under a limit by removing what was not used for longest.
///
/// What cannot be read or written is as if it were not there: a cache has no say in whether names are found. Several
/// processes may use it at once: files are replaced whole, and the last writer's stays.
struct FrameCacheFolder {
    let path: String
    /// Bytes of all files together.
    let limit: Int

    /// Files above this size are not read: nothing of ours grows so large.
    private static let largestFile = 256 << 20

    func load(buildID: String) -> FrameCacheFile? {
        guard !buildID.isEmpty, let bytes = try? readFile(file(buildID), limit: Self.largestFile) else { return nil }
        // Its time of change says when it was used.
        touchFile(file(buildID))
        return FrameCacheFile(bytes)
    }

    func store(_ frames: FrameCacheFile, buildID: String) {
        guard !buildID.isEmpty else { return }
        makeFolder(path, mode: 0o700)
        guard let output = try? AtomicFile(path: file(buildID), mode: 0o600) else { return }
        do throws(FileError) {
            try output.write(frames.encoded())
            try output.commit()
        } catch { return }
        shrink()
    }

    private func file(_ buildID: String) -> String { "\(path)/\(buildID).frames" }

    private func shrink() {
        let names = (try? namesInFolder(path)) ?? []
        let files = names.filter { $0.hasSuffix(".frames") }.compactMap { name in
            (try? PathStatus("\(path)/\(name)", followsLinks: false)).map { (path: "\(path)/\(name)", status: $0) }
        }
        var size = files.reduce(0) { $0 + $1.status.size }
        for file in files.sorted(by: { $0.status.modified < $1.status.modified }) where size > limit {
            removeFile(file.path)
            size -= file.status.size
        }
    }
}
