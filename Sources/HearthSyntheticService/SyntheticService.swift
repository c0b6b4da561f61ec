package import HearthProfile
internal import HearthRandom

/// The profile windows of a service that never ran, as like those of real ones as it takes to measure a store: mostly the same
/// stacks from window to window, a few of them often and many seldom, now and then a new one.
///
/// Window `n` of a seed is always the same.
package struct SyntheticService: Sendable {
    package struct Shape: Sendable {
        /// Functions, with names of about 65 bytes.
        package var functions = 5_500
        /// Call sites that frames stand for.
        package var frames = 12_000
        /// Stacks that come back.
        package var stacks = 4_000
        /// Frames of a stack, on average.
        package var depth = 25
        package var samples = 1_000
        /// Of the samples, how many in a thousand end in a leaf that is hardly ever seen.
        package var freshPerMille = 3
        /// How many of those leaves there are.
        package var freshLeaves = 20_000
        package var blocks = 10

        package init() {}

        /// For tests that look at every value.
        package static var small: Shape {
            var shape = Shape()
            (shape.functions, shape.frames, shape.stacks) = (60, 120, 40)
            (shape.depth, shape.samples, shape.freshPerMille) = (6, 30, 50)
            return shape
        }
    }

    package static let windowDuration: Int64 = 10_000_000_000
    package static let firstStart: Int64 = 1_750_000_000_000_000_000
    static let period: Int64 = 10_000_000

    private let seed: UInt64
    private let shape: Shape
    private let names: [String]
    private let images: [Image]
    private let frames: [(function: Int, image: Int, address: UInt64)]
    /// Root first, as indexes of frames.
    private let stacks: [[Int]]
    /// Sums of the stacks' weights, for drawing one.
    private let weights: [Double]

    package init(seed: UInt64 = 1, _ shape: Shape = Shape()) {
        self.seed = seed
        self.shape = shape
        var random = SeededGenerator(seed: seed)
        names = (0..<shape.functions).map { Self.name($0, &random) }
        images = (0..<12).map { index in
            let start = UInt64(0x7F00_0000_0000) + UInt64(index) << 28
            return Image(
                path: index == 0 ? "/srv/recommender/recommender" : "/usr/lib/recommender/libpart\(index).so.1",
                buildID: String(random.next(), radix: 16) + String(random.next(), radix: 16), start: start,
                end: start + 1 << 24, bias: start - 0x1000, fileOffset: 0x1000)
        }
        frames = (0..<shape.frames).map { index in
            (
                function: index < shape.functions ? index : Int.random(in: 0..<shape.functions, using: &random),
                image: Int.random(in: 0..<12, using: &random),
                address: 0x1000 + UInt64(index) * 37 + UInt64.random(in: 0..<30, using: &random)
            )
        }
        // A stack is the beginning of another one and goes on in its own way: that is how stacks share their callers.
        var stacks: [[Int]] = [[0]]
        while stacks.count < shape.stacks {
            let other = stacks.randomElement(using: &random) ?? []
            let depth = max(2, Int.random(in: 1...2 * shape.depth, using: &random))
            let kept = other.prefix(Int.random(in: 1...max(1, min(other.count, depth)), using: &random))
            stacks.append(
                kept + (0..<max(1, depth - kept.count)).map { _ in Int.random(in: 0..<shape.frames, using: &random) })
        }
        self.stacks = stacks
        var sum = 0.0
        weights = stacks.indices.map { index in
            sum += 1 / Double(index + 3)
            return sum
        }
    }

    private static func name(_ index: Int, _ random: inout SeededGenerator) -> String {
        let words = ["Document", "Embedding", "Store", "Request", "Vector", "Batch", "Cache", "Field", "Graph", "Node"]
        var name = "Recommender.\(words[index % 10])"
        while name.utf8.count < Int.random(in: 40...70, using: &random) {
            name += words.randomElement(using: &random) ?? ""
        }
        return name + ".step\(index)(with:for:)"
    }

    // MARK: Windows

    /// With tables of its own, as an agent has them that begins each window anew.
    package func window(_ number: Int, start: Int64? = nil) -> Profile {
        window(number, start: start, nil)
    }

    /// Tables in which all windows find what they need: to make many windows quickly.
    package struct Tables: Sendable {
        fileprivate var profile: Profile
        fileprivate var stacks: [StackID] = []
        fileprivate var freshStacks: [StackID] = []
        fileprivate var sets: [LabelSetID] = []
    }

    package func sharedTables() -> Tables {
        var tables = Tables(profile: described())
        tables.stacks = stacks.indices.map { push($0, in: &tables.profile) }
        tables.freshStacks = (0..<shape.freshLeaves).map { leaf in
            pushFresh(leaf, on: tables.stacks[leaf % stacks.count], in: &tables.profile)
        }
        tables.sets = (0..<Self.setCount).map { tables.profile.intern(labels: Self.labels($0)) }
        return tables
    }

    /// - Parameter tables: ``sharedTables()``.
    package func window(_ number: Int, start: Int64? = nil, in tables: Tables) -> Profile {
        window(number, start: start, tables)
    }

    private func window(_ number: Int, start: Int64?, _ tables: Tables?) -> Profile {
        var random = SeededGenerator(seed: seed &* 0x9E37_79B9 ^ UInt64(number))
        var profile = tables?.profile ?? described()
        profile.startTime = start ?? Self.firstStart + Int64(number) * Self.windowDuration
        profile.duration = Self.windowDuration
        profile.attributes["coverage"] = "0.\(990 + Int.random(in: 0..<10, using: &random))"
        for _ in 0..<shape.samples {
            let drawn = draw(&random)
            let leaf = Int.random(in: 0..<shape.freshLeaves, using: &random)
            let isFresh = Int.random(in: 0..<1_000, using: &random) < shape.freshPerMille
            let set = drawn % 8 * 5 + Int(random.next() % 5)
            // Mostly whole periods; what short threads have used is not.
            let isWhole = Int.random(in: 0..<100, using: &random) < 93
            let cpu = isWhole ? Self.period : Int64.random(in: 100_000..<4 * Self.period, using: &random)
            let block = UInt32.random(in: 0..<UInt32(shape.blocks), using: &random)
            let stack: StackID
            let labels: LabelSetID
            if let tables {
                stack = isFresh ? tables.freshStacks[leaf] : tables.stacks[drawn]
                labels = tables.sets[set]
            } else {
                let base = push(isFresh ? leaf % stacks.count : drawn, in: &profile)
                stack = isFresh ? pushFresh(leaf, on: base, in: &profile) : base
                labels = profile.intern(labels: Self.labels(set))
            }
            profile.add(Profile.Sample(stack: stack, labels: labels, block: block), row: [1, cpu])
        }
        return profile
    }

    private static let setCount = 40

    private static func labels(_ set: Int) -> [String: LabelValue] {
        ["node": .text("node\(set / 5)"), "endpoint": .text("/v1/endpoint\(set % 5)")]
    }

    private func described() -> Profile {
        Profile(
            sampleTypes: [.samples, .cpu], defaultSampleType: 1, periodType: .cpu, period: Self.period,
            blockDuration: Self.windowDuration / Int64(shape.blocks),
            attributes: ["unwinder": "hybrid", "clock": "timer", "rate": "100", "profiler": "Hearth"])
    }

    private func draw(_ random: inout SeededGenerator) -> Int {
        let point = Double.random(in: 0..<(weights.last ?? 1), using: &random)
        var (low, high) = (0, weights.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if weights[middle] > point { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private func push(_ index: Int, in profile: inout Profile) -> StackID {
        var result = StackID.empty
        for index in stacks[index] {
            let frame = frames[index]
            let name = profile.intern(names[frame.function])
            let image = profile.intern(images[frame.image])
            let id = profile.intern(Frame(name: name, image: image, address: frame.address))
            result = profile.push(id, on: result)
        }
        return result
    }

    private func pushFresh(_ leaf: Int, on stack: StackID, in profile: inout Profile) -> StackID {
        let image = profile.intern(images[1])
        let address = 0x900_0000 + UInt64(leaf) * 48
        return profile.push(profile.intern(Frame(name: .empty, image: image, address: address)), on: stack)
    }
}
