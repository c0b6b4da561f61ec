import HearthProfile
import HearthSyntheticService
import Testing

@Suite struct GateTests {
    private func runs(_ count: Int, _ values: (Int) -> [String: Int64]) -> [Profile] {
        (0..<count).map { run in
            Profile(
                collapsed: values(run).sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(
                    separator: "\n"))
        }
    }

    /// Ten functions that scatter a little, the same for all.
    private func steady(_ run: Int, _ change: [String: Int64] = [:]) -> [String: Int64] {
        var values: [String: Int64] = [:]
        for function in 0..<10 { values["main;f\(function)"] = 1_000 + Int64((run * 7 + function * 13) % 23) - 11 }
        return values.merging(change) { $0 + $1 }
    }

    @Test func theSameRunsPass() throws {
        let gate = try ProfileGate(base: runs(5) { steady($0) }, new: runs(5) { steady($0 + 2) })
        #expect(gate.verdict == .passed && gate.findings.isEmpty && !gate.totalGrew)
        #expect(gate.total.interval.contains(1) && gate.runs == (5, 5))
        #expect(try #require(gate.detectable) < 0.02)
    }

    @Test func theFunctionThatGrewIsNamed() throws {
        // A twentieth of the total more, inside one function.
        let gate = try ProfileGate(base: runs(5) { steady($0) }, new: runs(5) { steady($0 + 2, ["main;f3": 500]) })
        #expect(gate.verdict == .regressed)
        let finding = try #require(gate.findings.first)
        #expect(gate.findings.count == 1 && finding.function == "f3" && finding.kind == .grew)
        #expect(finding.interval.contains(0.05) && finding.interval.lowerBound > 0.002)
        #expect(abs(finding.base - 0.1) < 0.005 && abs(finding.growth - 0.05) < 0.005)
        // It costs more all in all too.
        #expect(gate.totalGrew && abs(gate.total.ratio - 1.05) < 0.005)
    }

    @Test func growthWithinTheMarginPasses() throws {
        var rule = GateRule()
        rule.margin = 0.1
        rule.smallestChange = 0.2
        let gate = try ProfileGate(
            base: runs(5) { steady($0) }, new: runs(5) { steady($0 + 2, ["main;f3": 500]) }, rule: rule)
        #expect(gate.verdict == .passed && gate.findings.isEmpty)
    }

    @Test func whatGetsFasterPasses() throws {
        let gate = try ProfileGate(base: runs(5) { steady($0, ["main;f3": 500]) }, new: runs(5) { steady($0 + 2) })
        #expect(gate.verdict == .passed && gate.total.ratio < 1)
    }

    @Test func aCostThatMovedToAFunctionBesideItIsNoRegression() throws {
        // What `old` did, `fresh` does now.
        func moved(_ run: Int, _ name: String) -> [String: Int64] {
            var values = steady(run)
            values["main;parse;\(name)"] = 800 + Int64(run * 3)
            return values
        }
        let gate = try ProfileGate(base: runs(5) { moved($0, "old") }, new: runs(5) { moved($0, "fresh") })
        #expect(gate.verdict == .passed)
        #expect(gate.findings.map(\.function) == ["fresh"] && gate.findings.map(\.kind) == [.moved])
        #expect(gate.findings.first?.presence == .onlyNew)
    }

    @Test func whatSlowsAllFunctionsIsTheTotalsToFind() throws {
        let slow = runs(5) { steady($0 + 2).mapValues { $0 * 107 / 100 } }
        let gate = try ProfileGate(base: runs(5) { steady($0) }, new: slow)
        #expect(gate.verdict == .regressed && gate.totalGrew && gate.findings.isEmpty)
    }

    /// Beside what got faster, what stayed as it was looks slower.
    @Test func whatStayedAsItWasIsNoRegression() throws {
        func halved(_ run: Int, _ functions: Range<Int>) -> [String: Int64] {
            var values = steady(run)
            for function in functions { values["main;f\(function)", default: 0] /= 2 }
            return values
        }
        for functions in [0..<1, 0..<6, 0..<9] {
            let gate = try ProfileGate(base: runs(5) { steady($0) }, new: runs(5) { halved($0 + 1, functions) })
            #expect(gate.verdict == .passed && gate.findings.isEmpty, "\(functions): \(gate.findings)")
        }
        // One that grew all the same is found.
        let grown = runs(5) { halved($0 + 1, 0..<6).merging(["main;f9": 400]) { $0 + $1 } }
        let gate = try ProfileGate(base: runs(5) { steady($0) }, new: grown)
        #expect(gate.verdict == .regressed && gate.findings.map(\.function) == ["f9"])
        // Roots that have nobody in common.
        let three = { (first: Int64) in self.runs(5) { ["A;x": first + Int64($0), "B;y": 3_000, "C;z": 2_000] } }
        #expect(try ProfileGate(base: three(5_000), new: three(2_500)).verdict == .passed)
    }

    /// Runs of very different length say nothing of all functions together.
    @Test func aTotalThatCannotBeToldIsNoPass() throws {
        func uneven(_ run: Int, _ factor: Double) -> [String: Int64] {
            let length = [1.0, 1.5, 0.7, 1.3, 0.8, 1.2][run % 6] * factor * 10
            return steady(run).mapValues { Int64(Double($0) * length) }
        }
        let gate = try ProfileGate(base: runs(6) { uneven($0, 1) }, new: runs(6) { uneven($0 + 3, 1.1) })
        guard case .undecided(let needed) = gate.verdict else {
            Issue.record("\(gate.verdict)")
            return
        }
        #expect(try #require(needed) > 6)
        #expect(try #require(gate.total.detectable) > gate.rule.smallestTotalChange)
        #expect(try #require(gate.detectable) <= gate.rule.smallestChange)
    }

    @Test func tooFewRunsAreNoAnswer() throws {
        for (base, new) in [(1, 1), (2, 5), (5, 2)] {
            let gate = try ProfileGate(base: runs(base) { steady($0) }, new: runs(new) { steady($0, ["main;f3": 900]) })
            #expect(gate.verdict == .undecided(runsNeeded: 3) && gate.detectable == nil)
        }
    }

    @Test func tooLittleDataSaysHowMuchWouldDo() throws {
        // Two hundred samples a run: a hundredth of them is nothing.
        func few(_ run: Int) -> [String: Int64] { steady(run).mapValues { $0 / 50 } }
        let gate = try ProfileGate(base: runs(3, few), new: runs(3) { few($0 + 1) })
        guard case .undecided(let needed) = gate.verdict else {
            Issue.record("\(gate.verdict)")
            return
        }
        let more = try #require(needed)
        let detectable = try #require(gate.detectable)
        #expect(more > 3 && detectable > 0.02)
        let enough = try ProfileGate(base: runs(more, few), new: runs(more) { few($0 + 1) })
        #expect(enough.verdict == .passed)
    }

    @Test func sidesWithoutRunsOrOfOtherTypesAreRefused() throws {
        let some = runs(3) { steady($0) }
        #expect(throws: ProfileDiffError.noProfiles) { try ProfileGate(base: [], new: some) }
        let time = [Profile(collapsed: "a 1", types: [.cpu])]
        #expect(throws: ProfileDiffError.typesDiffer(base: [.samples], new: [.cpu])) {
            try ProfileGate(base: some, new: time)
        }
    }

    @Test func emptyRunsAreNoCrash() throws {
        let empty = Array(repeating: Profile(sampleTypes: [.samples]), count: 3)
        let some = runs(3) { steady($0) }
        for (base, new) in [(empty, empty), (empty, some), (some, empty)] {
            let gate = try ProfileGate(base: base, new: new)
            guard case .undecided = gate.verdict else {
                Issue.record("\(gate.verdict)")
                continue
            }
        }
    }

    /// What `Tools/bench gate` does at length; the same seeds give the same figures.
    @Test func alarmsAreFewAndChangesFound() throws {
        var alarms = 0
        var found = 0
        for seed in 1...40 as ClosedRange<UInt64> {
            var runs = SyntheticRuns(seed: seed)
            let hot = runs.functionsByCost[5]
            let base = runs.runs(10)
            if try ProfileGate(base: base, new: runs.runs(10)).verdict == .regressed { alarms += 1 }
            let changed = runs.runs(10, changes: [hot.function: 1 + 0.02 / hot.share])
            let gate = try ProfileGate(base: base, new: changed)
            if gate.findings.contains(where: { $0.function == SyntheticRuns.name(hot.function) }) { found += 1 }
        }
        #expect(alarms <= 5, "of 40 pairs")
        #expect(found >= 36, "of 40 changes of a fiftieth")
    }
}
