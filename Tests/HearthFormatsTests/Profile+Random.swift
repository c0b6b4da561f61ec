import HearthProfile
import HearthRandom

@testable import HearthFormats

extension Profile {
    /// The pprof message before it is compressed.
    func pprofMessage() throws -> [UInt8] { try Inflate.gunzip(encoded(as: .pprof), limits: ReadLimits()) }

    /// Names that have broken some reader of some format.
    static let nastyNames = [
        "main", "a;b", "worker 3", "17", "-", "trailing ", " leading", "line\nbreak", "carriage\rreturn", "tab\there",
        "# comment", "#", " # no comment", "\\u{3B}", "\\u{", "\\u", "back\\slash", "C:\\new\\u{zz}",
        "App\\Http\\Kernel",
        "operator<<(std::ostream&, char const*)", "<script>alert(1)</script>", "\"quoted\"", "{\"$schema\": 1",
        "closure #1 in f(x:)",
        "e\u{301}", "日本語", "🔥", "\u{1}\u{1F}\u{7F}", "nul\0byte", "_[k]", "[unknown]", "[no stack]", "%3B", "&amp;",
        "a: b", " ", "l\u{2028}s\u{85}",
        String(repeating: "long", count: 500), "\u{FFFD}", "\u{202E}reversed",
    ]

    /// A profile with every feature that a format could lose: several sample types, labels, blocks, images with biases,
    /// inlined frames, frames that are no functions, addresses without names, samples without stacks.
    static func random(seed: UInt64, samples: Int = 60) -> Profile {
        var random = SeededGenerator(seed: seed)
        var profile = Profile(
            sampleTypes: [.samples, .cpu, ValueType(type: "alloc_space", unit: "bytes")],
            defaultSampleType: Int.random(in: 0...2, using: &random), periodType: .cpu,
            period: .random(in: 1...100_000_000, using: &random), startTime: 1_700_000_000_000_000_000,
            duration: 10_000_000_000, blockDuration: Bool.random(using: &random) ? 1_000_000_000 : 0,
            attributes: ["unwinder": "hybrid", "rate": "100", "nasty": nastyNames.randomElement(using: &random) ?? ""])
        let images = (0..<4 as Range<UInt64>).map { index in
            let start = (index + 1) << 32
            // The last bias does not follow from start and offset.
            let bias: UInt64 = index == 3 ? 0x1234_5000 : start - 0x1000
            return profile.intern(
                Image(
                    path: "/usr/lib/lib\(index).so", buildID: index == 0 ? "" : "00ff\(index)", start: start,
                    end: start + 0x10000, bias: bias, fileOffset: 0x1000))
        }
        let stacks = (0..<samples / 2).map { _ in randomStack(&profile, images, &random) } + [.empty]
        let labels: [[String: LabelValue]] = [
            [:], ["node": .text("embed")], ["node": .text("a;b\n"), "bytes": .number(-3, unit: "bytes")],
            ["empty": .text(""), "zero": .number(0, unit: "")],
        ]
        let sets = labels.map { profile.intern(labels: $0) }
        for _ in 0..<samples {
            let block: UInt32? = profile.blockDuration > 0 ? .random(in: 0...3, using: &random) : nil
            let sample = Profile.Sample(
                stack: stacks.randomElement(using: &random) ?? .empty,
                labels: sets.randomElement(using: &random) ?? .none,
                block: block)
            profile.add(
                sample,
                values: [
                    1, .random(in: 0...50_000_000, using: &random),
                    Bool.random(using: &random) ? 0 : .random(in: -1_000_000...1 << 50, using: &random),
                ])
        }
        return profile
    }

    private static func randomStack(
        _ profile: inout Profile, _ images: [ImageID], _ random: inout SeededGenerator
    ) -> StackID {
        var stack = StackID.empty
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            let name = profile.intern(nastyNames.randomElement(using: &random) ?? "main")
            let full = Bool.random(using: &random) ? profile.intern("whole.name.of.\(profile.strings[name])") : name
            let file = Bool.random(using: &random) ? profile.intern("/src/main.swift") : .empty
            let image = Bool.random(using: &random) ? images.randomElement(using: &random) : nil
            let address: UInt64 = Bool.random(using: &random) ? 0 : .random(in: 0x1000...0xFFFF, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                stack = profile.push(profile.intern(Frame(name: .empty, image: image, address: address)), on: stack)
            case 1: stack = profile.push(profile.intern(Frame(name: name, kind: .label)), on: stack)
            case 2: stack = profile.push(profile.intern(Frame(name: name, kind: .marker)), on: stack)
            default:
                let line = UInt32.random(in: 0...500, using: &random)
                var frame = Frame(name: name, fullName: full, file: file, line: line, image: image, address: address)
                stack = profile.push(profile.intern(frame), on: stack)
                for _ in 0..<Int.random(in: 0...2, using: &random) {
                    frame.kind = .inlined
                    frame.name = profile.intern("inlined\(Int.random(in: 0...5, using: &random))")
                    frame.fullName = frame.name
                    stack = profile.push(profile.intern(frame), on: stack)
                }
            }
        }
        return stack
    }

    // MARK: Comparing

    /// Every sample with everything that belongs to it, in an order that does not depend on that of rows and tables.
    var canonicalRows: [String] {
        samples.enumerated().map { row, sample in
            let frames = stacks.framesLeafFirst(sample.stack).reversed().map { id in
                let frame = self.frame(id)
                let image = frame.image.map { String(describing: self.image($0)) } ?? "-"
                return [
                    strings[frame.name], strings[frame.fullName], strings[frame.file], "\(frame.line)", image,
                    "\(frame.address)", "\(frame.kind)",
                ].debugDescription
            }
            let set = labels[sample.labels].sorted { $0.key < $1.key }.map {
                "\($0.key)=\(String(reflecting: $0.value))"
            }
            return "\(Array(values(row: row))) \(frames) \(set) block \(sample.block.map(String.init) ?? "-")"
        }.sorted()
    }

    /// What formats without values below 0 hold of one column.
    func positive(column: Int) -> Profile {
        var result = keeping(columns: [column])
        let all = result
        result = all.mapSamples { _, _ in nil }
        for (row, sample) in all.samples.enumerated() where all.value(row: row, column: 0) > 0 {
            result.add(sample, values: all.values(row: row))
        }
        return result
    }

    /// Value by stack of display names, for formats that hold no more; rows of value 0 are left out.
    func valuesByNames(column: Int) -> [[String]: Int64] {
        var result: [[String]: Int64] = [:]
        for (row, sample) in samples.enumerated() {
            let names = Array(stacks.framesLeafFirst(sample.stack).map { displayName($0) }.reversed())
            result[names.isEmpty ? ["[no stack]"] : names, default: 0] += value(row: row, column: column)
        }
        return result.filter { $0.value != 0 }
    }
}
