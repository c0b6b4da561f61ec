internal import HearthGraph

/// A batch through the plan, one step after the other.
struct SequentialWalk {
    let core: RunCore
    let frame: BatchFrame

    func run(measures: Bool) async throws {
        if !measures, core.isBare { return try await runBare() }
        var place = 0
        for (number, unit) in core.program.plan.units.enumerated() {
            let start = measures ? ContinuousClock.now : nil
            switch unit.kind {
            case .dispatch:
                try await core.dispatch(unit.steps, frame)
                for next in place..<place + unit.steps.count { core.program.release(after: next, frame) }
                place += unit.steps.count
            case .chain:
                for step in unit.steps {
                    try await core.runStep(step, frame)
                    core.program.release(after: place, frame)
                    place += 1
                }
            }
            if measures { core.costs.add(start.elapsed, of: number) }
        }
    }

    // MARK: Nobody looks

    /// Steps that compute are called from one loop; only what waits, meets or is remembered leaves it.
    private func runBare() async throws {
        let program = core.program
        var place = 0
        while true {
            place = try runPlain(from: place)
            guard place < program.order.count else { return }
            let step = Int(program.order[place])
            let unit = program.plan.units[program.plan.steps[step].unit]
            let steps = if case .dispatch = unit.kind { unit.steps } else { [step][...] }
            if case .dispatch = unit.kind {
                try await core.dispatch(steps, frame)
            } else {
                try await core.runStep(step, frame)
            }
            for next in place..<place + steps.count { program.release(after: next, frame) }
            place += steps.count
        }
    }

    /// Runs steps that compute from a place of the order on, and returns the place of the first that is something else.
    private func runPlain(from first: Int) throws -> Int {
        let program = core.program
        let frame = frame
        let end = program.order.count
        let remembers = core.options.memoBytes != nil
        var place = first
        while place < end {
            let step = Int(program.order[place])
            let kind = program.kinds[step]
            guard kind == .plain || (kind == .costly && !remembers) else { return place }
            try runPlainStep(step, program, frame)
            program.release(after: place, frame)
            place += 1
        }
        return place
    }

    @inline(__always)
    private func runPlainStep(_ step: Int, _ program: Program, _ frame: BatchFrame) throws {
        let output: NodeOutput
        do {
            output = try program.withInput(of: step, frame) { try program.bodies[step]!.evaluate($0) }
        } catch let error as CancellationError {
            throw error
        } catch {
            throw core.failure(of: step, frame, error)
        }
        if program.isPromiseKept(output, by: step, count: frame.count), !frame.hasRejections {
            frame.set(output.column, slot: program.base + step)
            return
        }
        let node = program.plan.steps[step]
        do { try core.check(output, of: node, count: frame.count) } catch { throw core.failure(of: step, frame, error) }
        try core.finish(step, output, frame.rejections(slots: node.inputs), frame)
    }
}

extension Program {
    /// Whether a body gave what it should, and set no item aside.
    @inline(__always)
    func isPromiseKept(_ output: NodeOutput, by step: Int, count: Int) -> Bool {
        output.column.count == count && output.column.type == plan.steps[step].output && output.rejections.isEmpty
    }
}

extension RunCore {
    func failure(of step: Int, _ frame: BatchFrame, _ error: any Error) -> NodeFailure {
        NodeFailure(
            node: program.plan.steps[step].name, run: name, batch: frame.batch, item: nil, underlying: error)
    }
}
