internal import HearthFiles
public import HearthSymbols

/// Reads inlined functions and source lines from DWARF 2 to 5, by libdw.
///
/// Nothing is kept between calls. A call visits the units that hold one of the addresses, one by one, and in them only the
/// functions that do, so that its memory is that of the largest unit and of the result. O(size of those units · depth of
/// inlining + addresses · log lines). May be used from several threads.
public struct DWARFReader: SourceFrameReader {
    private let debugFolders: [String]

    /// - Parameter debugFolders: where the file is looked for that several debug files share (`.gnu_debugaltlink`).
    public init(debugFolders: [String] = ["/usr/lib/debug"]) { self.debugFolders = debugFolders }

    /// - Throws: ``DebugInfoError``.
    public func frames(at addresses: [UInt64], inFileAt path: String) throws -> SourceFrames {
        // libelf unpacks compressed sections in place.
        guard let file = MappedFile(path: path, isWritable: true) else {
            throw DebugInfoError(.unreadable("no such file"))
        }
        return try unsafe file.withUnsafeMutableBytes { bytes in
            try unsafe frames(at: addresses, in: bytes)
        }
    }

    /// The same for a file in memory, which may be changed.
    @unsafe package func frames(
        at addresses: [UInt64], in bytes: UnsafeMutableRawBufferPointer
    ) throws(DebugInfoError) -> SourceFrames {
        let file = try unsafe DWARFFile(bytes)
        guard let link = file.supplementLink, let shared = supplement(link) else {
            return try frames(at: addresses, in: file)
        }
        return try unsafe shared.withUnsafeMutableBytes { bytes in
            Result { () throws(DebugInfoError) in
                let supplement = try unsafe DWARFFile(bytes)
                file.use(supplement: supplement)
                return try frames(at: addresses, in: file)
            }
        }.get()
    }

    private func frames(at addresses: [UInt64], in file: borrowing DWARFFile) throws(DebugInfoError) -> SourceFrames {
        var result = SourceFrames(count: addresses.count)
        for (unit, indexes) in file.units(holding: addresses) {
            var reader = UnitReader(unit, addresses: indexes.map { addresses[$0] })
            try reader.read(into: &result, at: indexes)
        }
        return result
    }

    private func supplement(_ link: DWARFFile.SupplementLink) -> MappedFile? {
        let byBuildID = debugFolders.map {
            "\($0)/.build-id/\(link.buildID.prefix(2))/\(link.buildID.dropFirst(2)).debug"
        }
        let byName = link.name.hasPrefix("/") ? [link.name] : debugFolders.map { "\($0)/.dwz/\(link.name)" }
        return (byBuildID + byName).lazy.compactMap { MappedFile(path: $0, isWritable: true) }.first
    }
}
