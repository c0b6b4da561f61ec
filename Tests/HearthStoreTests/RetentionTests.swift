import Foundation
import HearthProfile
import HearthSyntheticService
import Testing

@testable import HearthStore

/// How much a store keeps, and what clocks that are set do to that.
@Suite struct RetentionTests {
    private static let day: Int64 = 86_400_000_000_000

    // MARK: Ages

    @Test func whatIsOldIsOld() {
        let now = 100 * Self.day
        let times = (0..<10).map { now - Int64(10 - $0) * Self.day }
        #expect(Retention.expired(times, now: now, age: 5 * Self.day) == [0, 1, 2, 3, 4])
        #expect(Retention.expired(times, now: now, age: 20 * Self.day) == [])
        #expect(Retention.expired([], now: now, age: Self.day) == [])
        #expect(Retention.expired(times, now: now, age: .max) == [])
    }

    /// A machine without battery starts in 1970: what it writes then came after what is before it.
    @Test func aClockThatWasBehindMakesNothingOld() {
        let now = 100 * Self.day
        let times = [now - 3 * Self.day, 5, 6, now - Self.day, 7]
        #expect(Retention.expired(times, now: now, age: 10 * Self.day) == [])
        #expect(Retention.expired(times, now: now, age: 2 * Self.day) == [0, 1, 2])
    }

    /// A clock that was ahead: what it wrote is no younger than what came after it.
    @Test func aClockThatWasAheadKeepsNothingForEver() {
        let now = 100 * Self.day
        let times = [now - 9 * Self.day, now + 400 * Self.day, now - 8 * Self.day, now + 400 * Self.day]
        #expect(Retention.expired(times, now: now, age: 5 * Self.day) == [0, 1, 2])
        #expect(Retention.expired(times, now: now, age: 8 * Self.day + 5) == [0])
    }

    @Test func noTimeIsTooMuch() {
        let times: [Int64] = [.min, .max, 0, -1]
        for now in [Int64.min + Retention.slack, 0, .max - Retention.slack] {
            for age in [0, 1, Int64.max] { _ = Retention.expired(times, now: now, age: age) }
        }
    }

    @Test func durationsAreNanoseconds() {
        #expect(Duration.seconds(2).nanoseconds == 2_000_000_000)
        #expect(Duration.nanoseconds(-7).nanoseconds == -7)
        #expect(Duration.seconds(Int64.max).nanoseconds == .max)
        #expect(Duration.milliseconds(1_500).nanoseconds == 1_500_000_000)
    }

    // MARK: The folder

    private func age(_ test: TestStore, _ segment: String, days: Double) throws {
        try FileManager.default.setAttributes(
            [.modificationDate: Date().addingTimeInterval(-days * 86_400)], ofItemAtPath: test.path(segment))
    }

    @Test func oldSegmentsGoAFewAtATime() throws {
        let test = try TestStore()
        for seed in 0..<20 as Range<UInt64> { try test.writer().append(.random(seed: seed, samples: 3)) }
        for segment in test.segments() { try age(test, segment, days: 40) }
        // A clock that is ahead when a service starts does not empty the store …
        let first = test.writer()
        try first.append(.random(seed: 1))
        #expect(first.statistics.removedSegments == 2)
        // … and what is really old is gone after a while.
        for seed in 0..<700 as Range<UInt64> { try first.append(.random(seed: seed, samples: 1)) }
        #expect(test.segments().count == 1)
        #expect(first.statistics.removedSegments == 20)
        #expect(try test.store.windows().windows.count == 701)
    }

    @Test func theSizeIsBounded() throws {
        let test = try TestStore()
        var limits = TestStore.limits
        limits.bytes = 1 << 20
        limits.segmentBytes = 70_000
        // Windows of which little is known already.
        var shape = SyntheticService.Shape.small
        (shape.samples, shape.freshPerMille) = (200, 1_000)
        let service = SyntheticService(shape)
        let tables = service.sharedTables()
        let writer = test.writer(limits: limits)
        var sizes: [Int] = []
        for number in 0..<700 {
            try writer.append(service.window(number, in: tables))
            guard number % 10 == 0 else { continue }
            let size = try test.segments().reduce(0) { try $0 + max(test.bytes($1).count, StoreLimits.smallestCount) }
            sizes.append(size)
        }
        #expect(sizes.max() ?? 0 <= limits.bytes)
        #expect(sizes.last ?? 0 > limits.bytes / 2)
        #expect(writer.statistics.removedSegments > 0)
        // What is left is the newest, without a gap.
        let (windows, notes) = try test.store.windows()
        #expect(notes.faultCount == 0)
        let first = try #require(windows.first?.sequence)
        #expect(first > 0 && windows.map(\.sequence) == Array(first...699))
    }

    @Test func aServiceThatStartsOverAndOverLeavesFewFiles() throws {
        let test = try TestStore()
        var limits = TestStore.limits
        limits.bytes = 1 << 20
        for seed in 0..<60 as Range<UInt64> { try test.writer(limits: limits).append(.random(seed: seed, samples: 1)) }
        #expect(test.segments().count <= 16)
        #expect(try test.store.windows().windows.last?.startTime == Profile.random(seed: 59, samples: 1).startTime)
    }

    @Test func segmentsThatAreWrittenStay() throws {
        let test = try TestStore()
        let other = test.writer("other")
        try other.append(.random(seed: 1))
        let theirs = test.segments()[0]
        try age(test, theirs, days: 400)
        var limits = TestStore.limits
        limits.bytes = 1
        let writer = test.writer(limits: limits)
        for seed in 0..<100 as Range<UInt64> { try writer.append(.random(seed: seed)) }
        #expect(test.segments().contains(theirs))
        try other.append(.random(seed: 2))
        #expect(try test.store.windows().windows.filter { $0.process.labels["service"] == "other" }.count == 2)
        other.close()
        writer.close()
        try writer.append(.random(seed: 1))
        #expect(!test.segments().contains(theirs))
    }

    @Test func segmentsAreClosedBySizeAndByTime() throws {
        let test = try TestStore()
        var limits = TestStore.limits
        limits.segmentBytes = 1
        let writer = test.writer(limits: limits)
        let service = SyntheticService(.small)
        while test.segments().count < 2 { try writer.append(service.window(Int(writer.statistics.windows))) }
        #expect(try test.bytes(test.segments()[0]).count >= StoreLimits.smallestCount)
        // A window of half a day closes a segment after two of them.
        let slow = try TestStore()
        let other = slow.writer()
        for seed in 0..<5 as Range<UInt64> {
            var profile = Profile.random(seed: seed, samples: 2)
            profile.duration = Self.day / 2
            try other.append(profile)
        }
        #expect(slow.segments().count == 3)
    }

    /// Each sample a label of its own, as spans are: the tables do not grow without end.
    @Test func tablesOfAnOpenSegmentAreBounded() throws {
        let test = try TestStore()
        let writer = test.writer()
        for window in 0..<60 {
            var profile = Profile(sampleTypes: [.samples], startTime: Int64(window + 1), duration: 1)
            let stack = profile.push(profile.intern(frameNamed: "f"), on: .empty)
            for sample in 0..<1_000 {
                let span = "\(window)-\(sample)-" + String(repeating: "x", count: 40)
                profile.add(.init(stack: stack, labels: profile.intern(labels: ["span_id": .text(span)])), values: [1])
            }
            try writer.append(profile)
        }
        #expect(writer.statistics.segments > 1)
        #expect(try test.store.profile(StoreQuery(keptLabels: [])).profile?.total(column: 0) == 60_000)
        let span = "7-3-" + String(repeating: "x", count: 40)
        #expect(try test.store.profile(StoreQuery(labels: [("span_id", span)])).profile?.total(column: 0) == 1)
    }

    // MARK: Clocks

    /// Windows stand in the order in which they were appended; a range finds them by what their clock said.
    @Test(arguments: [true, false]) func aClockThatIsSetBackLosesNothing(isClosed: Bool) throws {
        let test = try TestStore()
        let writer = test.writer()
        let starts: [Int64] = [1_000, 2_000, 3_000, 500, 1_500, -7, 0]
        for start in starts {
            var profile = Profile.random(seed: UInt64(start.magnitude), samples: 5)
            profile.startTime = start
            profile.duration = 1_000
            try writer.append(profile)
        }
        if isClosed { writer.close() } else { Unclosed.keep(writer) }
        #expect(try test.store.windows().windows.map(\.startTime) == starts)
        #expect(try test.store.windows().windows.map(\.sequence) == [0, 1, 2, 3, 4, 5, 6])
        let ranges: [(Range<Int64>, [Int64])] = [
            (1_200..<1_600, [1_000, 500, 1_500]), (3_999..<4_000, [3_000]), (4_000..<5_000, []), (-100..<0, [-7]),
        ]
        for (range, expected) in ranges {
            #expect(try test.store.windows(StoreQuery(range: range)).windows.map(\.startTime) == expected)
        }
        let buckets = try test.store.buckets(every: 1_000).buckets
        #expect(buckets.map(\.startTime) == [-7, 993, 1_993, 2_993])
        #expect(buckets.map(\.windows) == [3, 2, 1, 1])
    }
}
