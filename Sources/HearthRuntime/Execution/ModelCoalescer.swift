internal import HearthCoalescer
internal import HearthGraph
internal import Synchronization

/// A value that one item of one node asks of a model.
struct ModelQuestion: Sendable {
    let step: Int
    /// Of one item.
    let value: Column
    let batch: Int
}

struct ModelAnswer: Sendable {
    /// Of one item, or its refusal.
    let output: NodeOutput
    /// What the value took of the model's time.
    let share: Duration
}

typealias ModelCoalescer = Coalescer<ModelQuestion, ModelAnswer>

/// Values that items ask of a model one by one, held for a moment and asked together.
extension RunCore {
    /// That of a model, or of a node's own copy of it.
    func coalescer(of model: ModelReference, for step: Int) -> ModelCoalescer {
        coalescers.withLock { coalescers in
            let name = copy(of: model, for: [step])
            if let known = coalescers[name] { return known }
            // Whoever asks holds the run: the coalescer must not, since the run holds it.
            let new = ModelCoalescer(
                maximumBatch: max(1, options.coalescedValues), maximumWait: max(.zero, options.coalescedWait),
                evaluateEach: { [weak self] questions in
                    guard let self else { throw CancellationError() }
                    return try await self.answer(questions, model)
                })
            coalescers[name] = new
            return new
        }
    }

    private func answer(
        _ questions: [ModelQuestion], _ model: ModelReference
    ) async throws -> [Result<ModelAnswer, any Error>] {
        var distinct = DistinctItems(removesDuplicates: options.removesDuplicates)
        let places = questions.map { question in
            distinct.begin(question.value)
            let (place, isNew) = distinct.place(of: 0)
            if isNew { count { $0.rows[question.step].valuesEvaluated += 1 } }
            return place
        }
        let steps = Set(questions.map(\.step)).sorted()
        let batch = questions[0].batch
        if distinct.count < distinct.asked { tellDuplicates(distinct, model.name, steps, batch: batch) }
        let values = distinct.values(of: model.input)
        let (made, wall) = try await call(model, for: steps, with: values, batch: batch)
        let share = wall / questions.count
        let rejected = Dictionary(made.rejections.map { ($0.item, $0) }) { first, _ in first }
        return places.map { place in
            let errors = rejected[place].map { [ItemError(item: 0, reason: $0.reason, byte: $0.byte)] } ?? []
            return .success(
                ModelAnswer(
                    output: NodeOutput(made.column.slice(place..<place + 1), rejections: errors), share: share))
        }
    }
}
