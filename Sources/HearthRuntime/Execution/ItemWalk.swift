internal import HearthCoalescer
internal import HearthGraph
internal import Synchronization

/// A batch item by item: a value is made when it is asked for, from values that are asked for in turn.
///
/// That is how such a thing is written at first. Without a memo a value is made once for every way that leads to it, which
/// doubles with every diamond of the graph. Nodes that need whole batches get them: of what they read, every item is asked for.
final class ItemWalk: Sendable {
    /// The value of one item, or who refused it.
    private struct Value: Sendable {
        /// Of one item; as it is handed over.
        var column: Column?
        var rejection: Rejection?
    }

    private let core: RunCore
    private let frame: BatchFrame
    /// By step and item, what was made in this batch; nil where nothing is remembered.
    private let cells: OnceTable<Int, Value>?
    private let time = TaskTime()

    init(_ core: RunCore, _ frame: BatchFrame) {
        self.core = core
        self.frame = frame
        cells = core.options.memoBytes == nil ? nil : OnceTable()
    }

    /// Gives the time of its tasks beside the one that calls this; see ``TaskTime``.
    func run() async throws -> Duration {
        for step in core.program.plan.order {
            if !core.program.isItemwise[step] {
                try await core.runStep(step, frame)
            } else if core.program.isDemanded[step] {
                try await materialise(step)
            }
        }
        return time.total
    }

    /// Asks for the value of every item, and puts them together.
    private func materialise(_ step: Int) async throws {
        let values = core.options.evaluation == .coalesced ? try await allAtOnce(step) : try await oneByOne(step)
        var picks: [Column.Pick] = []
        var columns: [Column] = []
        var rejections: [Rejection] = []
        for (item, value) in values.enumerated() {
            if let column = value.column {
                picks.append(Column.Pick(column: columns.count, item: 0))
                columns.append(try core.received(column, from: step))
            } else {
                picks.append(.null)
            }
            if var rejection = value.rejection {
                rejection.error.item = item
                rejections.append(rejection)
            }
        }
        if columns.isEmpty, let shape = try await shape(of: step) { columns.append(shape) }
        let column = Column.picked(picks, of: columns, type: core.program.plan.steps[step].output)
        frame.set(try core.handedOver(column, by: step), slot: core.program.base + step)
        frame.setRejections(rejections, slot: core.program.base + step)
    }

    /// A record's fields are known from its values; where it has none, from what the body makes of no item.
    private func shape(of step: Int) async throws -> Column? {
        let node = core.program.plan.steps[step]
        guard node.output == .record, core.program.work[step].model == nil else { return nil }
        let inputs = core.program.work[step].inputs.map(\.emptyColumn)
        let output = try await core.failures(of: step, frame) {
            try await core.evaluate(step, on: inputs, count: 0, [], frame)
        }
        return output.column.count == 0 ? output.column : nil
    }

    private func oneByOne(_ step: Int) async throws -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(frame.count)
        for item in 0..<frame.count { values.append(try await value(of: step, item)) }
        return values
    }

    private func allAtOnce(_ step: Int) async throws -> [Value] {
        try await withThrowingTaskGroup(of: (Int, Value).self) { group in
            for item in 0..<frame.count {
                group.addTask { try await self.time.child { (item, try await self.value(of: step, item)) } }
            }
            return try await gather(&group, frame.count)
        }
    }

    private func gather(
        _ group: inout ThrowingTaskGroup<(Int, Value), any Error>, _ count: Int
    ) async throws -> [Value] {
        let start = core.now()
        defer { time.waited(start.elapsed) }
        var values = Array(repeating: Value(), count: count)
        for try await (place, value) in group { values[place] = value }
        return values
    }

    // MARK: One value

    private func value(of step: Int, _ item: Int) async throws -> Value {
        guard let cells else { return try await make(step, item) }
        let (value, isNew) = try await cells.value(step * frame.count + item) { try await self.make(step, item) }
        core.count { table in
            table.rows[step].memoAsked += 1
            table.rows[step].memoHits += isNew ? 0 : 1
        }
        if !isNew {
            core.emit(.memoHits(node: core.program.plan.steps[step].name, batch: frame.batch, asked: 1, hits: 1))
        }
        return value
    }

    private func make(_ step: Int, _ item: Int) async throws -> Value {
        let node = core.program.plan.steps[step]
        let inputs = try await inputs(of: node, item)
        let refusals = inputs.compactMap(\.rejection)
        if let refusal = refusals.first { return Value(column: nil, rejection: refusal) }

        core.emit(.nodeStarted(node: node.name, batch: frame.batch))
        let start = core.now()
        let columns = try zip(node.inputs, inputs).map { slot, input in try read(input, slot) }
        let reading = start.elapsed
        let made = try await evaluate(step, columns)
        let handStart = core.now()
        let column = try core.handedOver(made.output.column, by: step)
        let handOff = reading + handStart.elapsed
        let rejection = made.output.rejections.first.map { Rejection(node: node.name, run: core.name, error: $0) }
        if core.options.errors == .fail, let rejection {
            throw core.failure(of: step, frame, item: item, rejection.error)
        }
        core.count { table in
            table.rows[step].calls += made.isRemembered ? 0 : 1
            table.rows[step].items += 1
            table.rows[step].rejected += rejection == nil ? 0 : 1
            table.rows[step].handOff += handOff
        }
        core.emit(
            .nodeFinished(
                node: node.name, batch: frame.batch, items: 1, rejected: rejection == nil ? 0 : 1, wall: start.elapsed))
        return Value(column: rejection == nil ? column : nil, rejection: rejection)
    }

    /// What a node reads of one item, one after the other or, where the schedule says so, at once.
    private func inputs(of node: ExecutionPlan.Step, _ item: Int) async throws -> [Value] {
        let slots = Array(node.inputs)
        guard core.options.schedule == .parallel, slots.count(where: { isAsked($0) }) > 1 else {
            var values: [Value] = []
            values.reserveCapacity(slots.count)
            for slot in slots { values.append(try await input(slot, item)) }
            return values
        }
        return try await withThrowingTaskGroup(of: (Int, Value).self) { group in
            var values = Array(repeating: Value(), count: slots.count)
            // Looked at once: meanwhile others measure.
            let haveTasks = slots.map { isAsked($0) && isWorthATask($0) }
            for (place, slot) in slots.enumerated() where haveTasks[place] {
                group.addTask { try await self.time.child { (place, try await self.input(slot, item)) } }
            }
            for (place, slot) in slots.enumerated() where !haveTasks[place] {
                values[place] = try await input(slot, item)
            }
            let others = try await gather(&group, slots.count)
            for place in slots.indices where haveTasks[place] { values[place] = others[place] }
            return values
        }
    }

    /// Whether a slot's values are made when they are asked for.
    private func isAsked(_ slot: Int) -> Bool {
        slot >= core.program.base && core.program.isItemwise[slot - core.program.base]
    }

    private func isWorthATask(_ slot: Int) -> Bool {
        core.costs.isWorthATask(core.program.plan.steps[slot - core.program.base].unit)
    }

    private func input(_ slot: Int, _ item: Int) async throws -> Value {
        if isAsked(slot) {
            let start = core.options.schedule == .parallel ? ContinuousClock.now : nil
            let value = try await value(of: slot - core.program.base, item)
            if start != nil {
                core.costs.add(start.elapsed, of: core.program.plan.steps[slot - core.program.base].unit)
            }
            return value
        }
        if let rejection = frame.rejection(of: item, slot: slot) { return Value(column: nil, rejection: rejection) }
        let column = frame.column(slot)
        // What was handed over whole as JSON has to be read whole.
        let whole = slot < core.program.base ? column : try core.received(column, from: slot - core.program.base)
        return Value(column: whole.slice(item..<item + 1), rejection: nil)
    }

    private func read(_ input: Value, _ slot: Int) throws -> Column {
        guard let column = input.column else { preconditionFailure("a value that nobody refused") }
        return isAsked(slot) ? try core.received(column, from: slot - core.program.base) : column
    }

    private func evaluate(_ step: Int, _ columns: [Column]) async throws -> (output: NodeOutput, isRemembered: Bool) {
        let node = core.program.plan.steps[step]
        var found: NodeMemo.Found?
        if let memo = core.memos[step], !columns.isEmpty {
            let known = memo.find(columns, items: [0])
            if known.missing.isEmpty {
                core.tellHits(step, known, frame)
                return (known.merged(with: NodeOutput(node.output.emptyColumn), count: 1), true)
            }
            found = known
        }
        let start = core.now()
        let output = try await core.failures(of: step, frame) {
            if let model = core.program.work[step].model {
                return try await callModel(model, step, columns[0])
            }
            let output = try await core.evaluate(step, on: columns, count: 1, [], frame)
            try core.check(output, of: node, count: 1)
            return output
        }
        let wall = start.elapsed
        // What a model took, is counted where it is called.
        if node.model == nil { core.count { $0.rows[step].code += wall } }
        if let found { core.memos[step]?.store(columns, items: [0], found.hashes, output) }
        return (output, false)
    }

    private func callModel(_ model: ModelReference, _ step: Int, _ column: Column) async throws -> NodeOutput {
        core.count { $0.rows[step].valuesAsked += 1 }
        let start = core.now()
        if core.options.evaluation == .coalesced {
            let answer = try await core.coalescer(of: model, for: step).evaluate(
                ModelQuestion(step: step, value: column, batch: frame.batch))
            let waiting = start.elapsed - answer.share
            core.count { table in
                table.rows[step].inModel += answer.share
                table.rows[step].waiting += waiting
            }
            core.emit(.waited(for: .coalescer(model.name), batch: frame.batch, wall: waiting))
            return answer.output
        }
        core.count { $0.rows[step].valuesEvaluated += 1 }
        let (output, wall) = try await core.call(model, for: [step], with: column, batch: frame.batch)
        core.count { $0.rows[step].inModel += wall }
        return output
    }
}
