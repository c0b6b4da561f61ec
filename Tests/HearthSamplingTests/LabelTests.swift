import Hearth
import HearthLabels
import HearthRandom
import HearthSampling
import Synchronization
import Testing

@testable import HearthLabels

/// The table of label sets, with a limit that a test can reach.
@Suite struct LabelSetsTests {
    @Test func aFullTableCountsAndGivesNothing() {
        var sets = LabelSets(limit: 3)
        let a = sets.intern(["a": "1"])
        let b = sets.intern(["b": "1"])
        #expect(a == 1 && b == 2 && sets.overflow == 0)
        let c = sets.intern(["c": "1"])
        #expect(c == nil && sets.overflow == 1)
        let again = sets.intern(["a": "1"])
        #expect(again == a, "what is known stays known")
        #expect(sets.overflow == 1)
        #expect(sets[3] == [:] && sets[.max] == [:])
    }

    @Test func aJoinWithoutRoomIsTheOuterSet() {
        var sets = LabelSets(limit: 4)
        let outer = sets.intern(["a": "1", "b": "1"]) ?? 0
        let inner = sets.intern(["b": "2"]) ?? 0
        let joined = sets.join(outer, inner)
        #expect(sets[joined] == ["a": "1", "b": "2"])
        let back = sets.join(inner, outer)
        let same = sets.join(joined, 0)
        #expect(back == outer && same == joined && sets.overflow == 0, "sets that are there already take no room")
        var full = LabelSets(limit: 3)
        let first = full.intern(["a": "1"]) ?? 0
        let second = full.intern(["b": "1"]) ?? 0
        #expect(first != 0 && second != 0)
        let without = full.join(first, second)
        #expect(without == first && full.overflow == 1)
    }
}

extension SamplerTests {
    /// What the handler would read, compared with what should be in force, at every point of random programs.
    @Suite(.serialized) struct LabelScopeTests {
        @Test func labelsAreThoseOfTheScopesWhateverTasksDo() async throws {
            let sampler = try Sampler.start(.init(hertz: 100, costLimit: nil))
            await sampler.ready()
            #expect(await LabelCalibration.calibrateTask())
            let checks = await withTaskGroup(of: Checks.self) { group in
                for seed in 1...300 {
                    group.addTask { await RandomScopes(seed: UInt64(seed)).run() }
                }
                return await group.reduce(Checks(), +)
            }
            #expect(checks.wrong == 0 && checks.count > 10_000, "\(checks)")
            _ = await sampler.stop()
        }

        @Test func bodiesStayOnTheActorOfTheCaller() async throws {
            let sampler = try Sampler.start(.init(hertz: 100, costLimit: nil))
            await sampler.ready()
            await onMain()
            await Counter().count()
            _ = await sampler.stop()
        }

        @MainActor private func onMain() async {
            await withProfilingLabels(ProfilingLabels(["actor": "main"])) {
                MainActor.assertIsolated()
                await Task.yield()
                MainActor.assertIsolated()
            }
        }

        private actor Counter {
            var value = 0
            func count() async {
                await withProfilingLabels(ProfilingLabels(["actor": "counter"])) {
                    value += 1
                    assertIsolated()
                    await Task.yield()
                    assertIsolated()
                }
            }
        }

        @Test func errorsPassWithTheirTypes() async throws {
            struct Refused: Error {}
            let labels = ProfilingLabels(["a": "1"])
            let sampler = try Sampler.start(.init(hertz: 100, costLimit: nil))
            await sampler.ready()
            do throws(Refused) {
                try withProfilingLabels(labels) { () throws(Refused) in throw Refused() }
            } catch {
                let _: Refused = error
            }
            do throws(Refused) {
                try await withProfilingLabels(labels) { () async throws(Refused) in
                    await Task.yield()
                    throw Refused()
                }
            } catch {
                let _: Refused = error
            }
            #expect(LabelCalibration.current == 0)
            _ = await sampler.stop()
        }

        @Test func nothingIsBoundWhileNothingIsSampled() {
            let labels = ProfilingLabels(["a": "1"])
            withProfilingLabels(labels) { #expect(CurrentLabels.identifier.get() == 0) }
            withProfilingLabels(ProfilingLabels([:])) { #expect(CurrentLabels.identifier.get() == 0) }
        }
    }
}

/// Points at which the labels were looked at, and those where they were not the expected ones.
private struct Checks {
    var count = 0
    var wrong = 0

    static func + (left: Checks, right: Checks) -> Checks {
        Checks(count: left.count + right.count, wrong: left.wrong + right.wrong)
    }
    static func += (left: inout Checks, right: Checks) { left = left + right }
}

/// A program made of scopes, tasks, suspensions and hops, that knows at each point which labels should be in force.
private struct RandomScopes {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    private static let sets = (0..<12).map { index in
        ["abcd".map(String.init)[index % 4]: "\(index)", "all": "\(index / 3)"]
    }
    private static let labels = sets.map { ProfilingLabels($0) }

    consuming func run() async -> Checks { await walk([:], depth: 0) }

    private static func check(_ expected: [String: String]) -> Checks {
        Checks(count: 1, wrong: LabelRegistry.labels(LabelCalibration.current) == expected ? 0 : 1)
    }

    private mutating func walk(_ expected: [String: String], depth: Int) async -> Checks {
        var checks = Self.check(expected)
        guard depth < 6 else { return checks }
        for _ in 0..<(1 + random.below(4)) {
            let child = RandomScopes(seed: random.next())
            switch random.below(9) {
            case 0, 1:
                let set = random.below(Self.sets.count)
                let inside = expected.merging(Self.sets[set]) { $1 }
                checks += await withProfilingLabels(Self.labels[set]) {
                    var child = child
                    return await child.walk(inside, depth: depth + 1)
                }
            case 2:
                let set = random.below(Self.sets.count)
                let inside = expected.merging(Self.sets[set]) { $1 }
                checks += withProfilingLabels(Self.labels[set]) { Self.check(inside) }
            case 3: await Task.yield()
            case 4:
                let seeds = (0..<3).map { _ in random.next() }
                checks += await withTaskGroup(of: Checks.self) { group in
                    for seed in seeds {
                        group.addTask {
                            var child = RandomScopes(seed: seed)
                            return await child.walk(expected, depth: depth + 2)
                        }
                    }
                    return await group.reduce(Checks(), +)
                }
            case 5:
                async let parallel = { () async -> Checks in
                    var child = child
                    return await child.walk(expected, depth: depth + 2)
                }()
                checks += Self.check(expected)
                checks += await parallel
            case 6:
                checks += await Task {
                    var child = child
                    return await child.walk(expected, depth: depth + 2)
                }.value
            case 7:
                checks += await Task.detached {
                    var child = child
                    return await child.walk([:], depth: depth + 2)
                }.value
            default:
                checks += await Elsewhere.shared.check(expected)
            }
            checks += Self.check(expected)
        }
        return checks
    }

    private actor Elsewhere {
        static let shared = Elsewhere()
        func check(_ expected: [String: String]) -> Checks { RandomScopes.check(expected) }
    }
}
