internal import HearthGraph

/// A batch through the plan, one step after the other.
struct SequentialWalk {
    let core: RunCore
    let frame: BatchFrame

    func run() async throws { try await run(from: 0, to: core.program.placeCount) }

    /// Takes the time of every unit, until they show to be worth tasks: gives the first that is still to be run then.
    func runMeasuring() async throws -> Int {
        let program = core.program
        var start = ContinuousClock.now
        for unit in program.plan.units.indices {
            try await run(from: program.unitStarts[unit], to: program.unitStarts[unit + 1])
            let end = ContinuousClock.now
            if core.costs.add(end - start, of: unit) { return unit + 1 }
            start = end
        }
        return program.plan.units.count
    }

    /// Whole units. When nobody looks, steps that compute are called from one loop, and only what waits, meets or is remembered
    /// leaves it.
    private func run(from first: Int, to end: Int) async throws {
        let program = core.program
        let loop = PlainLoop(core: core, frame: frame, keepingAfter: -1)
        var place = first
        while true {
            if core.isBare { place = try loop.run(from: place, to: end) }
            guard place < end else { return }
            let step = program.step(at: place)
            let unit = program.plan.units[program.plan.steps[step].unit]
            var next = place + 1
            if case .dispatch = unit.kind {
                try await core.dispatch(unit.steps, frame)
                next = place + unit.steps.count
            } else {
                try await core.runStep(step, frame)
            }
            while place < next {
                program.release(after: place, frame)
                place += 1
            }
        }
    }
}
