internal import HearthFiles
public import HearthProfile

extension Profile {
    /// Reads a profile, and says nothing of what had to be left out; ``read(_:format:limits:)`` does.
    ///
    /// - Parameters:
    ///   - path: a file, or `-` for standard input. It may be gzipped, whatever the format.
    ///   - format: how to read it; nil looks at the content, with the extension as a hint.
    public init(contentsOf path: String, format: ProfileFormat? = nil) throws(ProfileReadError) {
        self = try Profile.read(path, format: format).profile
    }

    /// Reads a profile and what there is to say about it. O(bytes); memory is bounded by `limits`.
    ///
    /// - Throws: ``ProfileReadError`` with the file, and the line, byte or index that is wrong.
    public static func read(
        _ path: String, format: ProfileFormat? = nil, limits: ReadLimits = ReadLimits()
    ) throws(ProfileReadError) -> (profile: Profile, notes: ReadNotes) {
        let bytes: [UInt8]
        do {
            bytes = try readFile(path, limit: limits.fileBytes)
        } catch {
            throw ProfileReadError(path: path, reason: .file(error))
        }
        return try read(bytes, named: path, format: format, limits: limits)
    }

    /// Reads a profile out of memory. `name` stands for the path, in messages and for its extension.
    public static func read(
        _ bytes: [UInt8], named name: String, format: ProfileFormat? = nil, limits: ReadLimits = ReadLimits()
    ) throws(ProfileReadError) -> (profile: Profile, notes: ReadNotes) {
        do throws(ProfileReadError.Reason) {
            guard !bytes.isEmpty else { throw .isEmpty }
            let content = Inflate.isGzip(bytes) ? try Inflate.gunzip(bytes, limits: limits) : bytes
            guard !content.isEmpty else { throw .isEmpty }
            guard let format = format ?? ProfileFormat.detect(content, path: name) else { throw .unknownFormat }
            return try decode(content, format, limits)
        } catch {
            throw ProfileReadError(path: name, reason: error)
        }
    }

    private static func decode(
        _ bytes: [UInt8], _ format: ProfileFormat, _ limits: ReadLimits
    ) throws(ProfileReadError.Reason) -> (profile: Profile, notes: ReadNotes) {
        switch format {
        case .collapsed:
            var reader = CollapsedReader(bytes, limits: limits)
            return (try reader.read(), reader.notes)
        case .pprof:
            var reader = PprofReader(bytes, limits: limits)
            return (try reader.read(), reader.notes)
        case .speedscope:
            var reader = try SpeedscopeReader(bytes, limits: limits)
            return (try reader.read(), ReadNotes(format: .speedscope))
        case .perfScript:
            var reader = PerfScriptReader(bytes, limits: limits)
            return (try reader.read(), reader.notes)
        }
    }
}
