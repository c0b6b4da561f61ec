import HearthProfile
import HearthRandom
import HearthSyntheticService

extension Profile {
    static let nastyStrings = [
        "main", "a;b", "", " leading", "line\nbreak", "e\u{301}", "\u{E9}", "日本語", "🔥", "nul\0byte",
        String(repeating: "long", count: 500), "\u{FFFD}",
    ]

    /// Everything that a store could lose: labels of both kinds, blocks, images, inlined frames, markers, addresses without
    /// names, samples without stacks, rows of zeros, values of both signs and at both ends.
    static func random(seed: UInt64, samples: Int = 40, types: [ValueType] = [.samples, .cpu]) -> Profile {
        var random = SeededGenerator(seed: seed)
        var profile = Profile(
            sampleTypes: types, defaultSampleType: types.count - 1, periodType: .cpu,
            period: Bool.random(using: &random) ? 0 : 10_000_000,
            startTime: SyntheticService.firstStart + Int64(seed % 1_000) * SyntheticService.windowDuration,
            duration: SyntheticService.windowDuration, blockDuration: 1_000_000_000,
            attributes: [
                "unwinder": "hybrid", "nasty": nastyStrings.randomElement(using: &random) ?? "",
                "clock": Bool.random(using: &random) ? "perf | timer" : "timer",
            ])
        for _ in 0..<samples {
            var stack = StackID.empty
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                let frame = randomFrame(&profile, &random)
                stack = profile.push(profile.intern(frame), on: stack)
            }
            let labels = profile.intern(labels: randomLabels(&random))
            let block = Bool.random(using: &random) ? nil : UInt32.random(in: 0...9, using: &random)
            let values = types.map { _ -> Int64 in
                return switch Int.random(in: 0..<20, using: &random) {
                case 0: Int64.random(in: -1_000...1 << 40, using: &random)
                case 1, 2: 0
                default: Int64(10_000_000)
                }
            }
            profile.add(Sample(stack: stack, labels: labels, block: block), values: values)
        }
        return profile
    }

    private static func randomFrame(_ profile: inout Profile, _ random: inout SeededGenerator) -> Frame {
        let name = profile.intern(nastyStrings.randomElement(using: &random) ?? "")
        let hasMore = Bool.random(using: &random)
        let image = profile.intern(
            Image(path: "/lib\(random.next() % 3)", buildID: "00ff", start: 1 << 40, end: 2 << 40, bias: .max))
        return Frame(
            name: name, fullName: hasMore ? profile.intern("whole.\(random.next() % 5)") : name,
            file: hasMore ? profile.intern("/src/main.swift") : .empty, line: hasMore ? .max : 0,
            image: Bool.random(using: &random) ? image : nil, address: hasMore ? .max - random.next() % 3 : 0,
            kind: [.function, .inlined, .label, .marker].randomElement(using: &random) ?? .function,
            thunk: [nil, .bare, .namesake][Int(random.next() % 3)])
    }

    private static func randomLabels(_ random: inout SeededGenerator) -> [String: LabelValue] {
        var labels: [String: LabelValue] = [:]
        if Bool.random(using: &random) { labels["node"] = .text(["embed", "a;b\n", ""][Int(random.next() % 3)]) }
        if Bool.random(using: &random) { labels["bytes"] = .number(Int64(random.next() % 3) - 1, unit: "bytes") }
        if Bool.random(using: &random) { labels["e\u{301}"] = .text("e\u{301}") }
        return labels
    }
}
