internal import HearthGraph

/// Where nodes that want one model meet: what they ask is put together, what is remembered and what is asked twice is left out,
/// and the model is called once.
extension RunCore {
    /// What one node asks.
    private struct Request {
        let step: Int
        let column: Column
        let before: [Rejection]
        var found = NodeMemo.Found()
        /// For every missing item, its place among the values that the model is called with.
        var places: [Int] = []
        /// How many of these nobody had asked for before.
        var new = 0

        var asked: Int { found.missing.count }
    }

    /// A unit of steps that want one model.
    func dispatch(_ steps: ArraySlice<Int>, _ frame: BatchFrame) async throws {
        if options.models == .shared { return try await dispatchTogether(steps, frame) }
        // Each has a model of its own: there is nothing to share.
        for step in steps { try await dispatchTogether([step], frame) }
    }

    private func dispatchTogether(_ steps: ArraySlice<Int>, _ frame: BatchFrame) async throws {
        var requests: [Request] = []
        for step in steps {
            emit(.nodeStarted(node: program.plan.steps[step].name, batch: frame.batch))
            requests.append(try request(step, frame))
        }
        let distinct = distinct(&requests, frame)
        guard let first = requests.first, let model = program.work[first.step].model else { return }
        var made = NodeOutput(model.output.emptyColumn)
        var wall = Duration.zero
        if distinct.count > 0 {
            let values = distinct.values(of: model.input)
            let sharing = requests.filter { $0.asked > 0 }.map(\.step)
            (made, wall) = try await failures(of: sharing.first ?? first.step, frame) {
                try await call(model, for: sharing, with: values, batch: frame.batch)
            }
        }
        try finish(requests, made, wall: wall, frame)
    }

    private func request(_ step: Int, _ frame: BatchFrame) throws -> Request {
        let (columns, handOff) = try transferred(to: step, frame)
        count { $0.rows[step].handOff += handOff }
        let slots = program.plan.steps[step].inputs
        let column = columns?.first ?? frame.column(slots[slots.startIndex])
        let before = frame.rejections(slots: slots)
        let items = frame.items(without: before)
        var request = Request(step: step, column: column, before: before)
        if let memo = memos[step] {
            request.found = memo.find([column], items: items)
            tellHits(step, request.found, frame)
        } else {
            request.found.missing = items
        }
        return request
    }

    /// What the model is to be called with; every request is told the places of what it asked.
    private func distinct(_ requests: inout [Request], _ frame: BatchFrame) -> DistinctItems {
        var distinct = DistinctItems(removesDuplicates: options.removesDuplicates)
        for index in requests.indices {
            let found = requests[index].found
            distinct.begin(requests[index].column)
            requests[index].places = found.missing.enumerated().map { place, item in
                let (value, isNew) = distinct.place(of: item, hash: found.hashes.isEmpty ? nil : found.hashes[place])
                requests[index].new += isNew ? 1 : 0
                return value
            }
        }
        if distinct.count < distinct.asked, let model = requests.first.flatMap({ program.plan.steps[$0.step].model }) {
            tellDuplicates(distinct, model, requests.filter { $0.asked > 0 }.map(\.step), batch: frame.batch)
        }
        return distinct
    }

    func tellDuplicates(_ distinct: DistinctItems, _ model: String, _ steps: [Int], batch: Int) {
        emit(
            .duplicatesRemoved(
                model: model, nodes: steps.map { program.plan.steps[$0].name }, batch: batch, asked: distinct.asked,
                removed: distinct.asked - distinct.count))
    }

    private func finish(
        _ requests: [Request], _ made: NodeOutput, wall: Duration, _ frame: BatchFrame
    ) throws {
        let refused = Dictionary(made.rejections.map { ($0.item, $0) }) { first, _ in first }
        let asked = requests.reduce(0) { $0 + $1.asked }
        for request in requests {
            let node = program.plan.steps[request.step]
            var output = output(of: request, made, refused, count: frame.count)
            memos[request.step]?.store(
                [request.column], items: request.found.missing, request.found.hashes,
                chosen(request, made, refused))
            let handStart = now()
            output.column = try handedOver(output.column, by: request.step)
            let rejected = try finish(request.step, output, request.before, frame)
            let passing = handStart.elapsed
            let share = asked > 0 ? wall * request.asked / asked : .zero
            count { table in
                table.rows[request.step].calls += request.asked > 0 ? 1 : 0
                table.rows[request.step].items += frame.count
                table.rows[request.step].rejected += rejected
                table.rows[request.step].valuesAsked += request.asked
                table.rows[request.step].valuesEvaluated += request.new
                table.rows[request.step].inModel += share
                table.rows[request.step].handOff += passing
            }
            emit(
                .nodeFinished(
                    node: node.name, batch: frame.batch, items: frame.count, rejected: rejected, wall: share))
        }
    }

    /// The node's column: remembered values and new ones in the places of their items.
    private func output(
        of request: Request, _ made: NodeOutput, _ rejected: [Int: ItemError], count: Int
    ) -> NodeOutput {
        var picks = Array(repeating: Column.Pick.null, count: count)
        for (place, item) in request.found.hits.enumerated() { picks[item] = Column.Pick(column: 1, item: place) }
        var rejections: [ItemError] = []
        for (item, place) in zip(request.found.missing, request.places) {
            picks[item] = Column.Pick(column: 0, item: place)
            if let error = rejected[place] {
                rejections.append(ItemError(item: item, reason: error.reason, byte: error.byte))
            }
        }
        return NodeOutput(
            Column.picked(picks, of: [made.column] + [request.found.values].compactMap(\.self), type: made.column.type),
            rejections: rejections)
    }

    /// The new values of a node's missing items, in their order.
    private func chosen(_ request: Request, _ made: NodeOutput, _ rejected: [Int: ItemError]) -> NodeOutput {
        guard memos[request.step] != nil else { return made }
        var rejections: [ItemError] = []
        for (index, place) in request.places.enumerated() {
            if let error = rejected[place] {
                rejections.append(ItemError(item: index, reason: error.reason, byte: error.byte))
            }
        }
        let isAll = request.places.count == made.column.count && request.places.elementsEqual(0..<made.column.count)
        return NodeOutput(isAll ? made.column : made.column.gathered(request.places), rejections: rejections)
    }

    // MARK: Calling a model

    /// Calls a model for some nodes, loading it if it is not, and says how long the call took.
    func call(
        _ model: ModelReference, for steps: [Int], with values: Column, batch: Int
    ) async throws -> (output: NodeOutput, wall: Duration) {
        let handle = try await handle(of: model, steps: steps, batch)
        let names = steps.map { program.plan.steps[$0].name }
        let start = now()
        let output: NodeOutput
        if let hook {
            let call = NodeCall(
                steps: steps, name: names.count == 1 ? names[0] : "shared(\(names.joined(separator: ",")))",
                level: program.plan.steps[steps[0]].level, model: model.name, batch: batch, run: name)
            output = try await hook.around(call) { try await handle.model.evaluate(values) }
        } else {
            output = try await handle.model.evaluate(values)
        }
        let wall = start.elapsed
        emit(.modelCalled(model: model.name, nodes: names, batch: batch, values: values.count, wall: wall))
        try check(output, of: program.plan.steps[steps[0]], count: values.count)
        return (output, wall)
    }

    /// The name under which a model is kept: the slow form's copies are kept apart by the node's name.
    func copy(of model: ModelReference, for steps: [Int]) -> String {
        options.models == .shared ? model.name : "\(model.name) of \(program.plan.steps[steps[0]].name)"
    }

    private func handle(of model: ModelReference, steps: [Int], _ batch: Int) async throws -> ModelHandle {
        let copy = copy(of: model, for: steps)
        let start = now()
        do {
            let (handle, way) = try await registry.use(model, as: copy, isCancellable: false)
            if way == .wasThere { return handle }
            let wall = start.elapsed
            for step in steps { count { $0.rows[step].waiting += wall / steps.count } }
            emit(.waited(for: .model(model.name), batch: batch, wall: wall))
            if way == .loaded { emit(.modelLoaded(model: copy, wall: wall)) }
            return handle
        } catch {
            emit(.modelLoadFailed(model: copy, reason: String(describing: error)))
            throw error
        }
    }
}
