import HearthFiles
import HearthProfile
import HearthRandom
import HearthSyntheticService
import Testing

@testable import HearthStore

/// What a query says is what the profiles say that were appended.
@Suite struct QueryTests {
    /// Windows of several segments, some closed and one open, by limits that are small.
    private static func filled(_ test: TestStore, seed: UInt64, count: Int) throws -> [Profile] {
        var random = SeededGenerator(seed: seed)
        let profiles = (0..<count).map { Profile.random(seed: seed * 1_000 + UInt64($0)) }
        var writer = test.writer()
        for profile in profiles {
            // A close begins a new segment; a new writer is a new run.
            switch random.next() % 6 {
            case 0: writer.close()
            case 1: writer = test.writer()
            default: break
            }
            try writer.append(profile)
        }
        // Half of the stores end with a segment that is not closed: an object that nobody closes any more.
        if random.next() % 2 == 0 { Unclosed.keep(writer) }
        return profiles
    }

    @Test(arguments: 1...20) func windowsComeBackAsTheyWere(seed: UInt64) throws {
        let test = try TestStore()
        let profiles = try Self.filled(test, seed: seed, count: 12)
        let read = try test.profiles()
        #expect(read.map(said) == profiles.map(said))
    }

    @Test(arguments: 1...20) func aSumIsThatOfTheProfiles(seed: UInt64) throws {
        let test = try TestStore()
        let profiles = try Self.filled(test, seed: seed, count: 12)
        let expected = try Profile.merge(profiles).withoutBlocks
        let (profile, notes) = try test.store.profile()
        let merged = try #require(profile)
        #expect(notes == StoreNotes())
        #expect(merged.head == expected.head)
        #expect(merged.canonicalRows == expected.canonicalRows)
    }

    @Test(arguments: 1...20) func aRangeIsThatPartOfTheProfiles(seed: UInt64) throws {
        let test = try TestStore()
        let profiles = try Self.filled(test, seed: seed, count: 15)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5 {
            let start = SyntheticService.firstStart + Int64.random(in: -20...170, using: &random) * 1_000_000_000
            let range = start..<start + Int64.random(in: 0...60, using: &random) * 1_000_000_000
            let wanted = profiles.filter {
                $0.startTime < range.upperBound && $0.startTime + $0.duration > range.lowerBound
            }
            let query = StoreQuery(range: range)
            #expect(try test.profiles(query).map(said) == wanted.map(said))
            #expect(try test.store.windows(query).windows.map(\.startTime).sorted() == wanted.map(\.startTime).sorted())
            let merged = try test.store.profile(query).profile
            #expect(merged?.canonicalRows == (try? Profile.merge(wanted))?.withoutBlocks.canonicalRows)
        }
    }

    @Test(arguments: 1...20) func labelsSelectAsAFilterDoes(seed: UInt64) throws {
        let test = try TestStore()
        let profiles = try Self.filled(test, seed: seed, count: 8)
        let all = try Profile.merge(profiles).withoutBlocks
        let filters: [[(key: String, value: String)]] = [
            [("node", "embed")], [("node", "")], [("node", "a;b\n"), ("bytes", "-1")], [("bytes", "1 bytes")],
            [("bytes", "0")], [("\u{E9}", "\u{E9}")], [("nothing", "at all")], [("node", "none")],
            [("node", "embed"), ("node", "")],
        ]
        for labels in filters {
            var filter = ProfileFilter()
            filter.labels = labels
            let expected = all.filtered(filter)
            let query = StoreQuery(labels: labels)
            let (profile, notes) = try test.store.profile(query)
            #expect(notes == StoreNotes())
            #expect(profile?.canonicalRows ?? [] == expected.canonicalRows, "\(labels)")
            let (windows, _) = try test.store.windows(query)
            for column in 0..<2 {
                let sum = windows.reduce(0) { $0 + $1.totals[column] }
                #expect(sum == expected.total(column: column), "\(labels)")
            }
            let matching = profiles.filter { !$0.filtered(filter).isEmpty }
            #expect(windows.count == matching.count, "\(labels)")
            #expect(try test.profiles(query).map(\.canonicalRows) == matching.map { $0.filtered(filter).canonicalRows })
        }
    }

    @Test(arguments: 1...10) func labelsThatAreNotKeptAreAddedOver(seed: UInt64) throws {
        let test = try TestStore()
        let profiles = try Self.filled(test, seed: seed, count: 8)
        for kept: Set<String> in [[], ["node"], ["bytes", "node"]] {
            let naive = try Profile.merge(profiles).withoutBlocks.mapSamples { sample, profile in
                var sample = sample
                let labels = profile.labels[sample.labels].filter { kept.contains($0.key) }
                sample.labels = profile.intern(labels: labels)
                return sample
            }
            let query = StoreQuery(keptLabels: kept)
            #expect(try test.store.profile(query).profile?.canonicalRows == naive.canonicalRows)
            #expect(try Profile.merge(test.profiles(query)).withoutBlocks.canonicalRows == naive.canonicalRows)
        }
    }

    /// A filter is looked at before labels are dropped.
    @Test func labelsThatAreNotKeptSelectAllTheSame() throws {
        let test = try TestStore()
        let profiles = try Self.filled(test, seed: 3, count: 6)
        var filter = ProfileFilter()
        filter.labels = [("node", "embed")]
        let expected = try Profile.merge(profiles).filtered(filter).total(column: 0)
        let merged = try test.store.profile(StoreQuery(labels: [("node", "embed")], keptLabels: [])).profile
        #expect(merged?.total(column: 0) == expected && expected != 0)
        #expect(merged?.samples.allSatisfy { $0.labels == .none } == true)
    }

    @Test func theProcessHasLabelsToo() throws {
        let test = try TestStore()
        for (version, seed) in [("1.4", 1), ("1.5", 2), ("1.5", 3)] {
            let writer = test.writer("shop", version: version)
            try writer.append(Profile.random(seed: UInt64(seed)))
            if seed != 3 { writer.close() } else { Unclosed.keep(writer) }
        }
        let (old, _) = try test.store.windows(StoreQuery(labels: [("version", "1.4")]))
        #expect(old.map(\.process.labels) == [["service": "shop", "version": "1.4"]])
        let new = try test.store.profile(StoreQuery(labels: [("service", "shop"), ("version", "1.5")])).profile
        let expected = try Profile.merge([.random(seed: 2), .random(seed: 3)]).withoutBlocks
        #expect(new?.canonicalRows == expected.canonicalRows)
        let both = try test.store.profile(StoreQuery(labels: [("version", "1.5"), ("node", "embed")])).profile
        var filter = ProfileFilter()
        filter.labels = [("node", "embed")]
        #expect(both?.canonicalRows == expected.filtered(filter).canonicalRows)
        #expect(try test.store.profile(StoreQuery(labels: [("version", "1.6")])).profile == nil)
    }

    /// A sample that has the label itself is not looked for by its process's.
    @Test func theLabelOfASampleWins() throws {
        let test = try TestStore()
        let writer = test.writer("shop")
        var profile = Profile(sampleTypes: [.samples], startTime: 1, duration: 1)
        let stack = profile.push(profile.intern(frameNamed: "f"), on: .empty)
        profile.add(.init(stack: stack, labels: profile.intern(labels: ["service": .text("inner")])), values: [1])
        profile.add(.init(stack: stack), values: [2])
        try writer.append(profile)
        for isClosed in [false, true] {
            if isClosed { writer.close() }
            #expect(try test.store.profile(StoreQuery(labels: [("service", "shop")])).profile?.total(column: 0) == 2)
            #expect(try test.store.profile(StoreQuery(labels: [("service", "inner")])).profile?.total(column: 0) == 1)
            #expect(try test.store.windows(StoreQuery(labels: [("service", "inner")])).windows.map(\.totals) == [[1]])
        }
    }

    @Test func descriptionsSayWhatIsInTheWindows() throws {
        let test = try TestStore()
        let process = StoredProcess(
            service: "shop", host: "a", version: "1", commit: "c0ffee", pid: 12, startTime: 5, labels: ["zone": "b"])
        let writer = StoreWriter(folder: test.folder, process: process, limits: TestStore.limits)
        for seed in 1...3 as ClosedRange<UInt64> {
            try writer.append(.random(seed: seed), workUnits: seed == 2 ? nil : Int64(seed) * 10)
        }
        for isClosed in [false, true] {
            if isClosed { writer.close() }
            let (windows, _) = try test.store.windows()
            #expect(windows.map(\.workUnits) == [10, nil, 30])
            #expect(windows.map(\.sequence) == [0, 1, 2])
            #expect(Set(windows.map(\.run)).count == 1)
            #expect(windows.allSatisfy { $0.process == process })
            for (window, seed) in zip(windows, 1...) {
                let profile = Profile.random(seed: UInt64(seed))
                #expect(window.startTime == profile.startTime && window.duration == profile.duration)
                #expect(window.sampleTypes == profile.sampleTypes)
                #expect(window.totals == (0..<2).map { profile.total(column: $0) })
                #expect(window.total(ofType: "cpu") == profile.total(column: 1) && window.total(ofType: "x") == 0)
            }
        }
    }

    @Test func windowsAreSelectedByWhatIsSaidOfThem() throws {
        let test = try TestStore()
        let profiles = (1...6).map { Profile.random(seed: $0) }
        let writer = test.writer()
        for (number, profile) in profiles.enumerated() {
            if number == 3 { writer.close() }
            try writer.append(profile, workUnits: Int64(number))
        }
        let run = try #require(try test.store.windows().windows.first?.run)
        var query = StoreQuery()
        query.selects = { $0.run == run && $0.sequence > 1 && $0.workUnits != 4 }
        #expect(try test.profiles(query).map(said) == [profiles[2], profiles[3], profiles[5]].map(said))
        #expect(try test.store.windows(query).windows.map(\.sequence) == [2, 3, 5])
        let expected = try Profile.merge([profiles[2], profiles[3], profiles[5]]).withoutBlocks
        #expect(try test.store.profile(query).profile?.canonicalRows == expected.canonicalRows)
        #expect(try test.store.buckets(query, every: SyntheticService.windowDuration).buckets.count == 3)
        query.selects = { _ in false }
        #expect(try test.store.profile(query).profile == nil && test.store.windows(query).windows.isEmpty)
    }

    // MARK: Stretches of time

    private static let bucket = 3 * SyntheticService.windowDuration

    @Test(arguments: [true, false]) func bucketsAreTheirWindows(isClosed: Bool) throws {
        let test = try TestStore()
        let service = SyntheticService(.small)
        let writer = test.writer()
        for number in 0..<20 where number < 7 || number > 12 {
            try writer.append(service.window(number), workUnits: 5)
        }
        if isClosed { writer.close() } else { Unclosed.keep(writer) }
        let start = SyntheticService.firstStart
        for (query, origin) in [
            (StoreQuery(), start),
            (StoreQuery(range: start - 5..<start + 1_000_000_000_000), start - 5),
        ] {
            let (buckets, _) = try test.store.buckets(query, every: Self.bucket)
            #expect(buckets.map(\.startTime) == [0, 1, 2, 4, 5, 6].map { origin + $0 * Self.bucket })
            #expect(buckets.allSatisfy { $0.duration == Self.bucket })
            for bucket in buckets {
                let wanted = try test.profiles().filter {
                    $0.startTime >= bucket.startTime && $0.startTime < bucket.startTime + Self.bucket
                }
                let expected = try Profile.merge(wanted)
                #expect(bucket.windows == wanted.count && bucket.workUnits == Int64(wanted.count) * 5)
                #expect(bucket.profile.canonicalRows == expected.withoutBlocks.canonicalRows)
                #expect(bucket.profile.startTime == expected.startTime)
                #expect(bucket.profile.duration == expected.duration)
            }
        }
    }

    @Test func bucketsAreTheBlocksOfTheSum() throws {
        let test = try TestStore()
        let service = SyntheticService(.small)
        let writer = test.writer()
        for number in 0..<20 {
            if number == 11 { writer.close() }
            try writer.append(service.window(number))
        }
        let profile = try #require(try test.store.profile(blockDuration: Self.bucket).profile)
        #expect(profile.blockDuration == Self.bucket)
        #expect(profile.startTime == SyntheticService.firstStart)
        #expect(profile.duration == 20 * SyntheticService.windowDuration)
        #expect(profile.withoutBlocks.canonicalRows == (try test.store.profile().profile?.canonicalRows))
        for bucket in try test.store.buckets(every: Self.bucket).buckets {
            let block = UInt32((bucket.startTime - profile.startTime) / Self.bucket)
            let part = profile.mapSamples { sample, _ in sample.block == block ? sample : nil }.withoutBlocks
            #expect(part.canonicalRows == bucket.profile.canonicalRows)
        }
    }

    // MARK: Unlike windows

    @Test func sampleTypesThatDifferStandBesideEachOther() throws {
        let test = try TestStore()
        let writer = test.writer()
        let cpu = Profile.random(seed: 1)
        let wall = Profile.random(seed: 2, types: [.samples, .wall])
        for profile in [cpu, wall, cpu] { try writer.append(profile) }
        #expect(test.segments().count == 3)
        let merged = try #require(try test.store.profile().profile)
        #expect(merged.sampleTypes == [.samples, .cpu, .wall])
        #expect(merged.total(column: 0) == 2 * cpu.total(column: 0) + wall.total(column: 0))
        #expect(merged.total(column: 1) == 2 * cpu.total(column: 1))
        #expect(merged.total(column: 2) == wall.total(column: 1))
        #expect(try test.profiles().map(said) == [cpu, wall, cpu].map(said))
    }

    @Test func windowsWithoutSamplesOrTimeAreWindows() throws {
        let test = try TestStore()
        let writer = test.writer()
        let empty = Profile(sampleTypes: [.samples, .cpu])
        try writer.append(empty)
        var timeless = Profile.random(seed: 1)
        (timeless.startTime, timeless.duration) = (0, 7)
        try writer.append(timeless)
        for isClosed in [false, true] {
            if isClosed { writer.close() }
            #expect(try test.profiles().map(said) == [empty, timeless].map(said))
            let merged = try #require(try test.store.profile().profile)
            #expect(merged.head == (try Profile.merge([empty, timeless])).head)
        }
    }

    @Test func manyValuesOfAnAttributeAreARange() throws {
        let test = try TestStore()
        let writer = test.writer()
        for number in 0..<40 {
            var profile = Profile(sampleTypes: [.samples], startTime: Int64(number + 1), duration: 1)
            profile.attributes = [
                "coverage": "0.\(number + 10)", "step": "\(number - 5)", "name": "n\(number)", "clock": "timer",
                "few": "f\(number % 3)",
            ]
            try writer.append(profile)
        }
        let expected = [
            "coverage": "0.10 … 0.49", "step": "-5 … 34", "name": "n0 … n9 (40 values)", "clock": "timer",
            "few": "f0 | f1 | f2",
        ]
        #expect(try test.store.profile().profile?.attributes == expected)
        writer.close()
        #expect(try test.store.profile().profile?.attributes == expected)
    }

    @Test func aResultThatIsTooLargeIsRefused() throws {
        let test = try TestStore()
        let writer = test.writer()
        for seed in 1...4 as ClosedRange<UInt64> { try writer.append(.random(seed: seed)) }
        for isClosed in [false, true] {
            if isClosed { writer.close() }
            var store = test.store
            store.rowLimit = 10
            #expect(throws: StoreError.tooManyRows(limit: 10)) { try store.profile() }
            #expect(throws: StoreError.tooManyRows(limit: 10)) { try store.buckets(every: 1_000_000_000) }
        }
    }

    @Test func whatTheBodyThrowsEndsIt() throws {
        struct Enough: Error {}
        let test = try TestStore()
        let writer = test.writer()
        for seed in 1...4 as ClosedRange<UInt64> {
            try writer.append(.random(seed: seed))
            if seed % 2 == 0 { writer.close() }
        }
        var seen = 0
        #expect(throws: Enough.self) {
            try test.store.forEachWindow { _, _ in
                seen += 1
                if seen == 3 { throw Enough() }
            }
        }
        #expect(seen == 3)
    }

    @Test func aFolderThatIsNotThereIsAnError() throws {
        let test = try TestStore()
        #expect(throws: StoreError.file(.init(.open, path: test.folder, code: 2))) { try test.store.windows() }
        let error = StoreError.file(.init(.open, path: "s", code: 2))
        #expect(error.description == "cannot open s: No such file or directory")
    }
}

/// Writers that are never closed, as those of processes that go on.
enum Unclosed {
    static func keep(_ writer: StoreWriter) { _ = unsafe Unmanaged.passRetained(writer) }
}
