internal import HearthGraph

/// One step of a batch whose columns are there: the body is called, held to its promise, and its column put in its place.
extension RunCore {
    /// A step that is not a model's.
    func runStep(_ step: Int, _ frame: BatchFrame) async throws {
        let node = program.plan.steps[step]
        if let turn = turns[step] { try await wait(at: turn, step, frame) }
        emit(.nodeStarted(node: node.name, batch: frame.batch))
        let start = now()
        let (columns, handOff) = try transferred(to: step, frame)
        let rejections = frame.rejections(slots: node.inputs)
        let codeStart = now()
        var output = try await failures(of: step, frame) {
            let output =
                if memos[step] != nil {
                    try await evaluateNew(step, columns ?? node.inputs.map(frame.column), rejections, frame)
                } else if !rejections.isEmpty, program.isItemwise[step] {
                    try await evaluateOthers(step, columns ?? node.inputs.map(frame.column), rejections, frame)
                } else if let columns {
                    try await evaluate(step, on: columns, rejections, frame)
                } else {
                    try await evaluate(step, in: frame)
                }
            try check(output, of: node, count: frame.count)
            return output
        }
        let code = codeStart.elapsed
        let handStart = now()
        output.column = try handedOver(output.column, by: step)
        let rejected = try finish(step, output, rejections, frame)
        let passing = handStart.elapsed
        turns[step]?.leave(frame.batch)
        let wall = start.elapsed
        count { table in
            table.rows[step].calls += 1
            table.rows[step].items += frame.count
            table.rows[step].rejected += rejected
            table.rows[step].code += code
            table.rows[step].handOff += handOff + passing
        }
        emit(
            .nodeFinished(
                node: node.name, batch: frame.batch, items: frame.count, rejected: rejected, wall: wall))
    }

    private func wait(at turn: Turnstile, _ step: Int, _ frame: BatchFrame) async throws {
        let start = now()
        guard try await turn.enter(frame.batch, of: frame.passage) else { return }
        let wall = start.elapsed
        count { $0.rows[step].waiting += wall }
        emit(.waited(for: .order(node: program.plan.steps[step].name), batch: frame.batch, wall: wall))
    }

    /// Puts a column in its place, with the items that were set aside on the way to it, and gives how many are new among these.
    @discardableResult
    func finish(_ step: Int, _ output: NodeOutput, _ before: [Rejection], _ frame: BatchFrame) throws -> Int {
        frame.set(output.column, slot: program.base + step)
        guard !output.rejections.isEmpty else {
            frame.setRejections(before, slot: program.base + step)
            return 0
        }
        let node = program.plan.steps[step].name
        // What was set aside before may be refused again, and once more means nothing.
        let known = Set(before.lazy.map(\.item))
        let refused = output.rejections.filter { !known.contains($0.item) }
        let new = Rejection.inOrder(refused.map { Rejection(node: node, run: name, error: $0) })
        if options.errors == .fail, let first = new.first {
            throw failure(of: step, frame, item: first.item, first.error)
        }
        frame.setRejections(Rejection.merged([before, new]), slot: program.base + step)
        return new.count
    }

    // MARK: Calling a body

    private func call(_ step: Int, _ frame: BatchFrame) -> NodeCall {
        let node = program.plan.steps[step]
        return NodeCall(
            steps: [step], name: node.name, level: node.level, model: nil, batch: frame.batch, run: name)
    }

    /// The body, on what is in the frame.
    private func evaluate(_ step: Int, in frame: BatchFrame) async throws -> NodeOutput {
        switch program.work[step] {
        case .body(let body, _):
            guard let hook else { return try program.withInput(of: step, frame) { try body.evaluate($0) } }
            return try await hook.around(call(step, frame)) {
                try program.withInput(of: step, frame) { try body.evaluate($0) }
            }
        case .waiting(let body):
            guard let hook else {
                return try await program.withInput(of: step, frame) { try await body.evaluate($0) }
            }
            return try await hook.around(call(step, frame)) {
                try await program.withInput(of: step, frame) { try await body.evaluate($0) }
            }
        case .model: preconditionFailure("a model is called where its nodes meet")
        }
    }

    /// The body, on columns that are not the frame's.
    func evaluate(
        _ step: Int, on columns: [Column], count: Int? = nil, _ rejections: [Rejection], _ frame: BatchFrame
    ) async throws -> NodeOutput {
        let part = BatchFrame(
            columns, count: count ?? frame.count, rejections: rejections, batch: frame.batch, run: name)
        switch program.work[step] {
        case .body(let body, _):
            guard let hook else { return try part.withInput { try body.evaluate($0) } }
            return try await hook.around(call(step, frame)) { try part.withInput { try body.evaluate($0) } }
        case .waiting(let body):
            guard let hook else { return try await part.withInput { try await body.evaluate($0) } }
            return try await hook.around(call(step, frame)) { try await part.withInput { try await body.evaluate($0) } }
        case .model: preconditionFailure("a model is called where its nodes meet")
        }
    }

    /// The body, on those items whose value is not remembered.
    private func evaluateNew(
        _ step: Int, _ columns: [Column], _ rejections: [Rejection], _ frame: BatchFrame
    ) async throws -> NodeOutput {
        guard let memo = memos[step], frame.count > 0, !columns.isEmpty else {
            return try await evaluate(step, on: columns, rejections, frame)
        }
        let found = memo.find(columns, items: frame.items(without: rejections))
        tellHits(step, found, frame)
        // Items set aside have no value, and are not evaluated.
        var output = NodeOutput(program.plan.steps[step].output.emptyColumn)
        if !found.missing.isEmpty {
            let isAll = found.missing.count == frame.count
            let new = isAll ? columns : columns.map { $0.gathered(found.missing) }
            output = try await evaluate(step, on: new, count: found.missing.count, [], frame)
            try check(output, of: program.plan.steps[step], count: found.missing.count)
            memo.store(columns, items: found.missing, found.hashes, output)
            if isAll { return output }
        }
        return found.merged(with: output, count: frame.count)
    }

    /// The body of a node that works item by item, where items were set aside before it: it may trip over what they left, and is
    /// asked for the others alone then. (Always to ask for these alone would copy them at every node.)
    private func evaluateOthers(
        _ step: Int, _ columns: [Column], _ rejections: [Rejection], _ frame: BatchFrame
    ) async throws -> NodeOutput {
        do {
            return try await evaluate(step, on: columns, rejections, frame)
        } catch {
            if error is CancellationError { throw error }
            var others = NodeMemo.Found()
            others.missing = frame.items(without: rejections)
            let output = try await evaluate(
                step, on: columns.map { $0.gathered(others.missing) }, count: others.missing.count, [], frame)
            try check(output, of: program.plan.steps[step], count: others.missing.count)
            return others.merged(with: output, count: frame.count)
        }
    }

    func tellHits(_ step: Int, _ found: NodeMemo.Found, _ frame: BatchFrame) {
        let hits = found.hits.count
        let asked = hits + found.missing.count
        count { table in
            table.rows[step].memoAsked += asked
            table.rows[step].memoHits += hits
        }
        emit(.memoHits(node: program.plan.steps[step].name, batch: frame.batch, asked: asked, hits: hits))
    }

    // MARK: Promises

    /// What a body or model throws, with the node's name to it.
    func failures<R>(of step: Int, _ frame: BatchFrame, _ body: () async throws -> R) async throws -> R {
        do { return try await body() } catch { throw failure(of: step, frame, error) }
    }

    /// The error of a step with its name to it, told to whoever looks. What ends because its task was cancelled, stays what it is.
    func failure(of step: Int, _ frame: BatchFrame, item: Int? = nil, _ error: any Error) -> any Error {
        if error is CancellationError, Task.isCancelled { return error }
        let node = program.plan.steps[step].name
        emit(.nodeFailed(node: node, batch: frame.batch, reason: String(describing: error)))
        return NodeFailure(node: node, run: name, batch: frame.batch, item: item, underlying: error)
    }

    func check(_ output: NodeOutput, of node: ExecutionPlan.Step, count: Int) throws(RuntimeError) {
        guard output.column.type == node.output else {
            throw .wrongColumn(name: node.name, detail: "is \(output.column.type) and should be \(node.output)")
        }
        guard output.column.count == count else {
            throw .wrongColumn(name: node.name, detail: "has \(output.column.count) items and should have \(count)")
        }
        guard output.rejections.allSatisfy({ (0..<count).contains($0.item) }) else {
            throw .wrongColumn(name: node.name, detail: "rejects an item that the batch does not have")
        }
    }
}
