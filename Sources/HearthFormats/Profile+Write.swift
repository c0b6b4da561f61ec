internal import HearthFiles
public import HearthProfile

extension Profile {
    /// Writes the profile, whole or not at all.
    ///
    /// - Parameters:
    ///   - path: a file, or `-` for standard output. pprof is gzipped unless the path ends in `.pb`.
    ///   - format: nil goes by the extension.
    ///   - column: the sample type for formats that hold one; nil is the default one.
    /// - Throws: ``ProfileWriteError``. Nothing is then left under the path.
    public func write(
        to path: String, format: ProfileFormat? = nil, column: Int? = nil
    ) throws(ProfileWriteError) {
        guard let format = format ?? ProfileFormat(path: path) else { throw .unknownExtension(path: path) }
        guard format.canBeWritten else { throw .cannotBeWritten(format) }
        let file = try Self.reportingFile { () throws(FileError) in try AtomicFile(path: path) }
        try encode(format, compressed: !path.hasSuffix(".pb"), column: column, name: path) {
            (bytes) throws(ProfileWriteError) in
            try Self.reportingFile { () throws(FileError) in try file.write(bytes) }
        }
        try Self.reportingFile { () throws(FileError) in try file.commit() }
    }

    /// The file as bytes, pprof gzipped. O(bytes).
    public func encoded(as format: ProfileFormat, column: Int? = nil) throws(ProfileWriteError) -> [UInt8] {
        guard format.canBeWritten else { throw .cannotBeWritten(format) }
        var bytes: [UInt8] = []
        try encode(format, compressed: true, column: column, name: "profile") { (part) throws(ProfileWriteError) in
            bytes += part
        }
        return bytes
    }

    private func encode(
        _ format: ProfileFormat, compressed: Bool, column: Int?, name: String,
        to sink: ([UInt8]) throws(ProfileWriteError) -> Void
    ) throws(ProfileWriteError) {
        switch format {
        case .collapsed:
            let shown = min(max(column ?? defaultSampleType, 0), sampleTypes.count - 1)
            try CollapsedWriter(self, column: shown).write(to: sink)
        case .pprof:
            guard let message = try? PprofWriter(self).encoded(),
                let bytes = compressed ? Deflate.gzip(message) : message
            else { throw .tooLarge(format) }
            try sink(bytes)
        case .speedscope:
            let title = name.split(separator: "/").last.map(String.init) ?? name
            guard let bytes = try? SpeedscopeWriter.encode(self, name: title) else { throw .tooLarge(format) }
            try sink(bytes)
        case .perfScript:
            throw .cannotBeWritten(format)
        }
    }

    private static func reportingFile<Result>(
        _ body: () throws(FileError) -> Result
    ) throws(ProfileWriteError) -> Result {
        do {
            return try body()
        } catch {
            throw .file(error)
        }
    }
}
