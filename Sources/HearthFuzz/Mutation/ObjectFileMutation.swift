internal import HearthRandom

/// Changes what says where things are in an ELF file, or one of its sections: plain changes of a whole file mostly hit
/// what nobody reads.
enum ObjectFileMutation {
    /// A table of headers: where its entries begin, and the fields of one by offset and size.
    private struct Headers {
        var start: Int
        var entrySize: Int
        var count: Int
        var fields: [(offset: Int, size: Int)]
    }

    private static let fileFields = [
        (4, 1), (5, 1), (16, 2), (18, 2), (24, 8), (32, 8), (40, 8), (54, 2), (56, 2), (58, 2), (60, 2), (62, 2),
    ]
    private static let segmentFields = [(0, 4), (4, 4), (8, 8), (16, 8), (32, 8), (40, 8), (48, 8)]
    private static let sectionFields = [(0, 4), (4, 4), (8, 8), (16, 8), (24, 8), (32, 8), (40, 4), (56, 8)]

    static func apply(
        to input: inout [UInt8], using random: inout SeededGenerator, plainly: (inout [UInt8], Int) -> Void
    ) {
        guard input.count >= 64 else { return plainly(&input, 64) }
        let segments = Headers(
            start: offset(input, 32), entrySize: 56, count: Int(number(input, 56, 2)), fields: segmentFields)
        let sections = Headers(
            start: offset(input, 40), entrySize: 64, count: Int(number(input, 60, 2)), fields: sectionFields)
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            switch Int.random(in: 0..<12, using: &random) {
            case 0:
                let field = fileFields.randomElement(using: &random) ?? (0, 1)
                change(&input, at: field.0, size: field.1, &random)
            case 1, 2: changeField(of: segments, &input, &random)
            case 3, 4, 5: changeField(of: sections, &input, &random)
            case 6: copyEntry(of: random.oneIn(4) ? segments : sections, &input, &random)
            case 7, 8, 9: changeWord(of: sections, &input, &random)
            default: changeContent(of: sections, &input, &random, plainly)
            }
        }
    }

    // MARK: Headers

    private static func entry(
        of headers: Headers, _ input: [UInt8], _ random: inout SeededGenerator
    ) -> Int? {
        let fitting = (input.count - headers.start) / headers.entrySize
        guard let index = (0..<min(headers.count, max(fitting, 0))).randomElement(using: &random) else { return nil }
        return headers.start + index * headers.entrySize
    }

    private static func changeField(
        of headers: Headers, _ input: inout [UInt8], _ random: inout SeededGenerator
    ) {
        guard let entry = entry(of: headers, input, &random), let field = headers.fields.randomElement(using: &random)
        else { return }
        if random.oneIn(3), let other = self.entry(of: headers, input, &random) {
            store(number(input, other + field.offset, field.size), at: entry + field.offset, size: field.size, &input)
        } else {
            change(&input, at: entry + field.offset, size: field.size, &random)
        }
    }

    /// One section is said to be where another is.
    private static func copyEntry(of headers: Headers, _ input: inout [UInt8], _ random: inout SeededGenerator) {
        guard let from = entry(of: headers, input, &random), let to = entry(of: headers, input, &random) else { return }
        let copy = Array(input[from..<from + headers.entrySize])
        input.replaceSubrange(to..<to + headers.entrySize, with: copy)
    }

    // MARK: Sections

    private static func content(
        of sections: Headers, _ input: [UInt8], _ random: inout SeededGenerator
    ) -> Range<Int>? {
        guard let entry = entry(of: sections, input, &random) else { return nil }
        let (start, size) = (offset(input, entry + 24), offset(input, entry + 32))
        guard size > 0, size <= input.count, start <= input.count - size else { return nil }
        return start..<start + size
    }

    /// An aligned word of a section: a field of a symbol, a relocation, a note, an entry of the dynamic table.
    private static func changeWord(of sections: Headers, _ input: inout [UInt8], _ random: inout SeededGenerator) {
        let size = [1, 2, 4, 8].randomElement(using: &random) ?? 1
        guard let content = content(of: sections, input, &random), content.count >= size else { return }
        let word = Int.random(in: 0..<content.count / size, using: &random) * size
        change(&input, at: content.lowerBound + word, size: size, &random)
    }

    private static func changeContent(
        of sections: Headers, _ input: inout [UInt8], _ random: inout SeededGenerator,
        _ plainly: (inout [UInt8], Int) -> Void
    ) {
        guard let content = content(of: sections, input, &random) else { return }
        var bytes = Array(input[content])
        plainly(&bytes, content.count)
        // The other sections stay where they are.
        input.replaceSubrange(content.lowerBound..<content.lowerBound + bytes.count, with: bytes)
    }

    // MARK: Numbers

    private static func change(_ input: inout [UInt8], at place: Int, size: Int, _ random: inout SeededGenerator) {
        guard place + size <= input.count else { return }
        let value: UInt64 =
            switch Int.random(in: 0..<4, using: &random) {
            case 0: number(input, place, size) &+ .random(in: 0...2, using: &random) &- 1
            case 1: UInt64(input.count) &+ .random(in: 0...2, using: &random) &- 1
            default: InterestingNumber.next(using: &random)
            }
        store(value, at: place, size: size, &input)
    }

    private static func number(_ input: [UInt8], _ place: Int, _ size: Int) -> UInt64 {
        guard place >= 0, place + size <= input.count else { return 0 }
        return input[place..<place + size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A number that is an offset, or the end of the input for one that is none.
    private static func offset(_ input: [UInt8], _ place: Int) -> Int {
        Int(min(number(input, place, 8), UInt64(input.count)))
    }

    private static func store(_ value: UInt64, at place: Int, size: Int, _ input: inout [UInt8]) {
        guard place + size <= input.count else { return }
        for index in 0..<size { input[place + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
    }
}
