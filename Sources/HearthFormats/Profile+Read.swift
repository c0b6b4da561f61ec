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
    /// - Parameter keepsOrder: makes each sample of the file a time block of its own, in the order of the file, as a flame chart
    ///   wants it; otherwise samples of the same stack and labels are added up.
    /// - Throws: ``ProfileReadError`` with the file, and the line, byte or index that is wrong.
    public static func read(
        _ path: String, format: ProfileFormat? = nil, limits: ReadLimits = ReadLimits(), keepsOrder: Bool = false
    ) throws(ProfileReadError) -> (profile: Profile, notes: ReadNotes) {
        do throws(ProfileReadError.Reason) {
            let head: [UInt8]
            let file: FilePieces
            do throws(FileError) {
                file = try FilePieces(path, limit: limits.fileBytes)
                var piece = [UInt8](repeating: 0, count: headSize)
                let count = try file.read(into: &piece, at: piece.indices)
                piece.removeLast(headSize - count)
                head = piece
            } catch {
                throw .file(error)
            }
            // Of collapsed stacks no more is in memory than a piece; any other format is read as a whole.
            if !Inflate.isGzip(head), (format ?? ProfileFormat.detect(head, path: path)) == .collapsed, !head.isEmpty {
                var reader = CollapsedReader(limits: limits, keepsOrder: keepsOrder)
                return (try reader.read(head, then: file), reader.notes)
            }
            let bytes: [UInt8]
            do throws(FileError) {
                bytes = try file.rest(after: head)
            } catch {
                throw .file(error)
            }
            return try decode(bytes, named: path, format: format, limits: limits, keepsOrder: keepsOrder)
        } catch {
            throw ProfileReadError(path: path, reason: error)
        }
    }

    /// Of which the format is told.
    private static let headSize = 1 << 20

    /// Reads a profile out of memory. `name` stands for the path, in messages and for its extension.
    public static func read(
        _ bytes: [UInt8], named name: String, format: ProfileFormat? = nil, limits: ReadLimits = ReadLimits(),
        keepsOrder: Bool = false
    ) throws(ProfileReadError) -> (profile: Profile, notes: ReadNotes) {
        do throws(ProfileReadError.Reason) {
            return try decode(bytes, named: name, format: format, limits: limits, keepsOrder: keepsOrder)
        } catch {
            throw ProfileReadError(path: name, reason: error)
        }
    }

    private static func decode(
        _ bytes: [UInt8], named name: String, format: ProfileFormat?, limits: ReadLimits, keepsOrder: Bool
    ) throws(ProfileReadError.Reason) -> (profile: Profile, notes: ReadNotes) {
        guard !bytes.isEmpty else { throw .isEmpty }
        let content = Inflate.isGzip(bytes) ? try Inflate.gunzip(bytes, limits: limits) : bytes
        guard !content.isEmpty else { throw .isEmpty }
        guard let format = format ?? ProfileFormat.detect(content, path: name) else { throw .unknownFormat }
        return try decode(content, format, limits, SampleOrder(isKept: keepsOrder))
    }

    private static func decode(
        _ bytes: [UInt8], _ format: ProfileFormat, _ limits: ReadLimits, _ order: SampleOrder
    ) throws(ProfileReadError.Reason) -> (profile: Profile, notes: ReadNotes) {
        switch format {
        case .collapsed:
            var reader = CollapsedReader(limits: limits, keepsOrder: order.isKept)
            return (try reader.read(bytes), reader.notes)
        case .pprof:
            var reader = PprofReader(bytes, limits: limits, order: order)
            return (try reader.read(), reader.notes)
        case .speedscope:
            var reader = try SpeedscopeReader(bytes, limits: limits, order: order)
            return (try reader.read(), ReadNotes(format: .speedscope))
        case .perfScript:
            var reader = PerfScriptReader(bytes, limits: limits, order: order)
            return (try reader.read(), reader.notes)
        }
    }
}
