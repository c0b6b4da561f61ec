import HearthProfile
import HearthRandom

extension Profile {
    /// A profile of one column from `a;b;c 12` lines; a number after `@` is the time block, `key=value` words are labels.
    init(collapsed text: String, types: [ValueType] = [.samples]) {
        self.init(sampleTypes: types)
        for line in text.split(separator: "\n") { add(line: line) }
    }

    private mutating func add(line: Substring) {
        var words = line.split(separator: " ")
        let frames = words.removeFirst().split(separator: ";").map { intern(frameNamed: String($0)) }
        var sample = Sample(stack: stack(rootFirst: frames == [] ? [] : frames))
        var set: [String: LabelValue] = [:]
        var value: Int64 = 0
        for word in words {
            if word.hasPrefix("@") {
                sample.block = UInt32(word.dropFirst())
            } else if let equals = word.firstIndex(of: "=") {
                set[String(word[..<equals])] = .text(String(word[equals...].dropFirst()))
            } else {
                value = Int64(word) ?? 0
            }
        }
        sample.labels = intern(labels: set)
        add(sample, values: sampleTypes.indices.map { value &* Int64($0 + 1) })
    }

    /// What the profile says, in an order that does not depend on its tables.
    var lines: [String] {
        samples.enumerated().map { row, sample in
            let names = Array(stacks.framesLeafFirst(sample.stack)).reversed().map { displayName($0) }
            var words = [names.joined(separator: ";")]
            words += labels[sample.labels].map { "\($0.key)=\($0.value)" }.sorted()
            if let block = sample.block { words.append("@\(block)") }
            words += values(row: row).map(String.init)
            return words.joined(separator: " ")
        }
        .sorted()
    }

    /// Random stacks over a few names, labels and blocks.
    init(seed: UInt64, samples count: Int = 60) {
        var random = SeededGenerator(seed: seed)
        self.init(sampleTypes: [.samples, .cpu])
        for _ in 0..<count {
            let frames = (0..<random.below(6)).map { _ in intern(frameNamed: "f\(random.below(5))") }
            let set: [String: LabelValue] = random.below(2) == 0 ? [:] : ["node": .text("n\(random.below(3))")]
            let block = random.below(3) == 0 ? nil : UInt32(random.below(3))
            let sample = Sample(stack: stack(rootFirst: frames), labels: intern(labels: set), block: block)
            add(sample, values: [Int64(random.below(9)), Int64(random.below(90))])
        }
    }
}
