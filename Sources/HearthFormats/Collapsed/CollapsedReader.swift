internal import HearthFiles
internal import HearthProfile

/// Reads collapsed stacks, a piece at a time: memory goes with the distinct stacks and not with the size of the text. Where
/// there is more than a piece, one thread makes numbers of the lines and another adds up their stacks.
///
/// A file whose header says that it has two columns is refused: it is no profile.
struct CollapsedReader {
    /// Large enough that a thread that waits is woken seldom, small enough for the cache.
    private static let pieceSize = 1 << 18
    private static let slack = unsafe StackText.slack

    private let limits: ReadLimits
    private let keepsOrder: Bool
    private var lines: CollapsedLines

    var notes: ReadNotes { lines.notes }

    init(limits: ReadLimits, keepsOrder: Bool = false) {
        self.limits = limits
        self.keepsOrder = keepsOrder
        lines = CollapsedLines(limits: limits)
    }

    /// The profile of a file of which `head` was read already; of a text in memory where there is no file. O(bytes).
    mutating func read(_ head: [UInt8], then file: FilePieces? = nil) throws(ProfileReadError.Reason) -> Profile {
        var offset = 0
        return try read { (piece, places) throws(ProfileReadError.Reason) -> Int in
            let count = min(places.count, head.count - offset)
            let start = places.lowerBound + count
            piece.replaceSubrange(places.lowerBound..<start, with: head[offset..<offset + count])
            offset += count
            guard let file, start < places.upperBound else { return count }
            do throws(FileError) {
                return try count + file.read(into: &piece, at: start..<places.upperBound)
            } catch {
                throw .file(error)
            }
        }
    }

    /// - Parameter next: fills places with what comes next; with less than there is room for at the end only.
    private mutating func read(
        _ next: (_ piece: inout [UInt8], _ places: Range<Int>) throws(ProfileReadError.Reason) -> Int
    ) throws(ProfileReadError.Reason) -> Profile {
        let adder = CollapsedAdder(limits: limits)
        var sequence = CollapsedSequence(limits: limits)
        var piece = [UInt8](repeating: 0, count: Self.pieceSize + Self.slack)
        // The beginning of a line, of which the rest is still to come.
        var kept = 0
        var isLast = false
        var isFirst = true
        var frames = 0
        while !isLast {
            let room = piece.count - Self.slack
            let end = try kept + next(&piece, kept..<room)
            isLast = end < room
            let whole = isLast ? end : (piece[..<end].lastIndex(of: Ascii.newline) ?? -1) + 1
            guard whole > 0 || isLast else {
                kept = end
                piece.append(contentsOf: repeatElement(0, count: piece.count))
                continue
            }
            var batch = CollapsedBatch()
            batch.stacks.frames.reserveCapacity(frames)
            lines.read(piece, count: whole, into: &batch)
            if lines.isDifferential { throw .isDifference }
            guard lines.size <= limits.memoryBytes else { throw .tooMuchMemory(limit: limits.memoryBytes) }
            frames = max(frames, batch.stacks.frames.count)
            if keepsOrder {
                try sequence.add(batch)
            } else {
                try adder.add(batch, soon: !(isFirst && isLast))
            }
            isFirst = false
            piece.replaceSubrange(0..<end - whole, with: Array(piece[whole..<end]))
            kept = end - whole
        }
        let type = lines.type ?? .samples
        let plain = ValueType(type: type.type, unit: type.plainUnit)
        let least = min(DecimalScale(of: type).digits, DecimalScale.mostDigits)
        var profile: Profile
        if keepsOrder {
            let digits = max(lines.digits, least)
            profile = lines.profile(of: DecimalScale(digits: digits).scaled(plain), period: plain)
            try sequence.finish(into: &profile, digits: digits)
        } else {
            var sum = try adder.finish()
            sum.raise(to: least)
            let scaled = DecimalScale(digits: sum.digits).scaled(plain)
            profile = lines.profile(of: scaled, period: plain)
            let (stacks, values) = sum.finish()
            profile.adopt(stacks, values: values, of: scaled)
        }
        if profile.isEmpty, let first = notes.firstMalformedLine {
            throw .noUsableLine(format: .collapsed, first: first)
        }
        return profile
    }
}
