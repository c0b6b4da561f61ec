internal import HearthRandom

/// Changes fields of a pprof message and leaves the message whole: changed as plain bytes most would end at a wrong length.
enum PprofMutation {
    private static let label: WireMessage.Schema = .message([:])
    private static let schema: [UInt64: WireMessage.Schema] = [
        1: .message([:]), 2: .message([1: .packed, 2: .packed, 3: label]), 3: .message([:]),
        4: .message([4: .message([:])]), 5: .message([:]), 11: .message([:]), 13: .packed,
    ]

    /// Where the input is no message, or grows beyond `limit`, it is changed plainly.
    static func apply(
        to input: inout [UInt8], atMost limit: Int, using random: inout SeededGenerator,
        plainly: (inout [UInt8], Int) -> Void
    ) {
        guard var message = WireMessage(input[...], schema: schema), !message.fields.isEmpty else {
            return plainly(&input, limit)
        }
        for _ in 0..<Int.random(in: 1...3, using: &random) { change(&message, limit, &random, plainly) }
        let changed = message.encoded
        if changed.count <= limit { input = changed } else { plainly(&input, limit) }
    }

    private static func change(
        _ message: inout WireMessage, _ limit: Int, _ random: inout SeededGenerator,
        _ plainly: (inout [UInt8], Int) -> Void
    ) {
        guard let index = message.fields.indices.randomElement(using: &random) else { return }
        if case .message(var inner) = message.fields[index].content, !random.oneIn(3) {
            change(&inner, limit, &random, plainly)
            message.fields[index].content = .message(inner)
            return
        }
        switch Int.random(in: 0..<10, using: &random) {
        case 0: message.fields.remove(at: index)
        case 1:
            let copies = repeatElement(message.fields[index], count: random.oneIn(8) ? 200 : 1)
            message.fields.insert(contentsOf: copies, at: index)
        case 2: message.fields.swapAt(index, .random(in: message.fields.indices, using: &random))
        case 3: message.fields[index].number = .random(in: 1...15, using: &random)
        case 4:
            let field = WireMessage.Field(
                number: .random(in: 1...15, using: &random), content: .number(InterestingNumber.next(using: &random)))
            message.fields.insert(field, at: index)
        default: change(&message.fields[index].content, limit, &random, plainly)
        }
    }

    private static func change(
        _ content: inout WireMessage.Content, _ limit: Int, _ random: inout SeededGenerator,
        _ plainly: (inout [UInt8], Int) -> Void
    ) {
        switch content {
        case .number: content = .number(InterestingNumber.next(using: &random))
        case .packed(var numbers):
            let index = Int.random(in: 0...numbers.count, using: &random)
            if index < numbers.count, !random.oneIn(3) {
                numbers[index] = random.oneIn(2) ? InterestingNumber.next(using: &random) : numbers[index] &+ 1
            } else if random.oneIn(2), !numbers.isEmpty {
                numbers.removeLast()
            } else {
                let number = numbers.randomElement(using: &random) ?? InterestingNumber.next(using: &random)
                numbers.insert(contentsOf: repeatElement(number, count: random.oneIn(8) ? 200 : 1), at: index)
            }
            content = .packed(numbers)
        case .bytes(var bytes), .fixed(var bytes):
            plainly(&bytes, max(bytes.count, min(limit, 2 * bytes.count + 16)))
            content = .bytes(bytes)
        case .message(let message):
            var bytes = message.encoded
            plainly(&bytes, max(bytes.count, 64))
            content = .bytes(bytes)
        }
    }
}
