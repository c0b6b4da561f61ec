import Hearth
import HearthSampling
import HearthSymbols
import HearthTruths
import Testing

extension SamplerTests {
    /// The logical callers of a task, with stock compiler flags.
    @Suite(.serialized) struct AsyncStackTests {
        private func record(keepsRunLoop: Bool = false, hertz: Int = 250) async throws -> (
            SampledStacks, SamplingStatistics
        ) {
            let sampler = try Sampler.start(.init(hertz: hertz, keepsRunLoop: keepsRunLoop, costLimit: nil))
            await sampler.ready()
            let labels = ProfilingLabels(["suite": "async"])
            try await Task.detached {
                try await withProfilingLabels(labels) {
                    // 2 + 2 + 3 + 3 ms a turn: 1.5 s, 375 samples.
                    _ = try await AsyncWorkload.topAsync(2, turns: 150)
                }
            }.value
            let result = await sampler.stop()
            return (
                SampledStacks(Symbolizer().symbolize(result.profile).hidingThunks(), labels: ["suite": "async"]),
                result.statistics
            )
        }

        @Test func everyLogicalCallerIsThere() async throws {
            let (stacks, statistics) = try await record()
            let burning = stacks.entries.filter { $0.names.contains { $0.contains("burnBriefly") } }
            let samples = burning.reduce(0) { $0 + $1.samples }
            #expect(samples > 60)
            for entry in burning {
                let names = entry.names.filter { $0.contains("Async(") || $0.contains("burnBriefly") }
                #expect(
                    names == [
                        "HearthTruths.AsyncWorkload.topAsync(_:turns:)", "HearthTruths.AsyncWorkload.middleAsync(_:)",
                        "HearthTruths.AsyncWorkload.leafAsync(_:)",
                        "HearthTruths.AsyncWorkload.burnBriefly(_:)",
                    ], "\(entry.names)")
                #expect(!entry.names.contains { $0.contains("swift_job_run") || $0.contains("start_thread") })
            }
            #expect(statistics.asyncStacks > 60)
            #expect(Double(statistics.brokenAsyncStacks) <= 0.01 * Double(statistics.asyncStacks), "\(statistics)")
        }

        /// What goes on when a callee returns is known by its first instruction: a byte before it is another function, and it
        /// may be a part of the same.
        @Test func logicalCallersStandAtTheirFirstInstruction() async throws {
            let sampler = try Sampler.start(.init(hertz: 250, costLimit: nil))
            await sampler.ready()
            _ = try await Task.detached { try await AsyncWorkload.topAsync(2, turns: 30) }.value
            let profile = await sampler.stop().profile
            let symbolizer = Symbolizer()
            var callers = 0
            for frame in profile.frames {
                guard let image = frame.image.map({ profile.image($0) }), !image.path.hasPrefix("["),
                    let name = symbolizer.name(at: frame.address, in: image)?.full,
                    // These two await, and burn no time of their own.
                    name.contains("AsyncWorkload.topAsync") || name.contains("AsyncWorkload.middleAsync"),
                    name.contains("await resume partial function")
                else { continue }
                let before = symbolizer.name(at: frame.address - 1, in: image)?.full
                if before != name { callers += 1 }
            }
            #expect(callers >= 2, "\(profile.frames.count) frames")
        }

        @Test func theRunLoopIsKeptOnDemand() async throws {
            let (stacks, _) = try await record(keepsRunLoop: true)
            let burning = stacks.entries.filter { $0.names.contains { $0.contains("burnBriefly") } }
            #expect(burning.reduce(0) { $0 + $1.samples } > 60)
            for entry in burning {
                #expect(["clone3", "__clone3", "clone"].contains(entry.names.first))
                let top = entry.names.firstIndex { $0.contains("topAsync") }
                let run = entry.names.firstIndex { $0.contains("swift_job_run") }
                if let top, let run { #expect(run < top) } else { Issue.record("\(entry.names)") }
            }
        }

        /// A child task goes on with the callers of the function that waits for it.
        @Test func childTasksAreJoinedToTheirParents() async throws {
            let sampler = try Sampler.start(.init(hertz: 250, costLimit: nil))
            await sampler.ready()
            // The calibration runs beside the start.
            try await Task.sleep(for: .milliseconds(200))
            let labels = ProfilingLabels(["suite": "parents"])
            await Task.detached {
                await withProfilingLabels(labels) {
                    _ = await AsyncWorkload.opensGroup(children: 6, milliseconds: 60)
                    for _ in 0..<10 { _ = await AsyncWorkload.opensNestedGroup(milliseconds: 30) }
                    for _ in 0..<10 { _ = await AsyncWorkload.bindsAsyncLet(milliseconds: 30) }
                }
            }.value
            let result = await sampler.stop()
            #expect(result.profile.attributes["parent-tasks"] == "joined")
            let named = Symbolizer().symbolize(result.profile).hidingThunks()
            let stacks = SampledStacks(named, labels: ["suite": "parents"])
            for chain in [
                ["opensGroup", "groupChild", "burnBriefly"],
                ["opensNestedGroup", "opensGroup", "groupChild", "burnBriefly"],
                ["bindsAsyncLet", "letChild", "burnBriefly"],
            ] {
                let leaf = chain[chain.count - 2]
                let entries = stacks.entries.filter { entry in
                    entry.names.contains { $0.contains(leaf) } && entry.names.contains { $0.contains("burnBriefly") }
                        && entry.names.contains { $0.contains(chain[0]) }
                }
                #expect(entries.reduce(0) { $0 + $1.samples } > 20, "\(chain)")
                for entry in entries {
                    var rest = chain[...]
                    for name in entry.names where rest.first.map({ name.contains($0) }) == true { rest.removeFirst() }
                    #expect(rest.isEmpty, "\(entry.names)")
                }
            }
            // A parent that waits is joined; in this work each waits nearly all the time.
            let children = stacks.entries.filter { $0.names.contains { $0.contains("Child(") } }
            let joined = children.filter { $0.names.contains { $0.contains("opens") || $0.contains("binds") } }
            let share =
                Double(joined.reduce(0) { $0 + $1.samples }) / Double(max(children.reduce(0) { $0 + $1.samples }, 1))
            #expect(share > 0.95, "\(share) of the samples of child tasks show the function that opened the group")
        }
    }
}
