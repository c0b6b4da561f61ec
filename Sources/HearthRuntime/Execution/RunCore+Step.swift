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
        var output = try await failures(of: node, frame) {
            if memos[step] != nil {
                try await evaluateNew(step, columns ?? node.inputs.map(frame.column), rejections, frame)
            } else if let columns {
                try await evaluate(step, on: columns, rejections, frame)
            } else {
                try await evaluate(step, in: frame)
            }
        }
        let code = codeStart.elapsed
        try await failures(of: node, frame) { try check(output, of: node, count: frame.count) }
        let handStart = now()
        output.column = try handedOver(output.column, by: step)
        try finish(step, output, rejections, frame)
        let passing = handStart.elapsed
        turns[step]?.leave(frame.batch)
        let wall = start.elapsed
        count { table in
            table.rows[step].calls += 1
            table.rows[step].items += frame.count
            table.rows[step].rejected += output.rejections.count
            table.rows[step].code += code
            table.rows[step].handOff += handOff + passing
        }
        emit(
            .nodeFinished(
                node: node.name, batch: frame.batch, items: frame.count, rejected: output.rejections.count, wall: wall))
    }

    private func wait(at turn: Turnstile, _ step: Int, _ frame: BatchFrame) async throws {
        let start = now()
        guard try await turn.enter(frame.batch) else { return }
        let wall = start.elapsed
        count { $0.rows[step].waiting += wall }
        emit(.waited(for: .order(node: program.plan.steps[step].name), batch: frame.batch, wall: wall))
    }

    /// Puts a column in its place, with the items that were set aside on the way to it.
    func finish(_ step: Int, _ output: NodeOutput, _ before: [Rejection], _ frame: BatchFrame) throws {
        let node = program.plan.steps[step]
        frame.set(output.column, slot: program.base + step)
        if output.rejections.isEmpty, before.isEmpty { return }
        if options.errors == .fail, let first = output.rejections.first {
            throw NodeFailure(
                node: node.name, run: name, batch: frame.batch, item: first.item, underlying: first)
        }
        let new = output.rejections.map { Rejection(node: node.name, run: name, error: $0) }
        frame.setRejections(Rejection.merged([before, new]), slot: program.base + step)
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
        let rejected = Set(rejections.lazy.map(\.item))
        let found = memo.find(columns, items: (0..<frame.count).filter { !rejected.contains($0) })
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
    func failures<R>(
        of node: ExecutionPlan.Step, _ frame: BatchFrame, _ body: () async throws -> R
    ) async throws -> R {
        do {
            return try await body()
        } catch let error as CancellationError {
            throw error
        } catch let error as NodeFailure {
            throw error
        } catch {
            throw NodeFailure(node: node.name, run: name, batch: frame.batch, item: nil, underlying: error)
        }
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
