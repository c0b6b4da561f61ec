internal import HearthProfile

extension Profile {
    /// The profile by what Pyroscope calls the kind of a profile: `process_cpu` for CPU time and the samples beside it, `wall`
    /// for wall time, `memory` for allocations; a column that is none of these is a kind of its own. Kinds in which nothing
    /// was sampled are left out. Time blocks go: a push has one time. O(samples) a kind.
    func byKind() -> [(kind: String, profile: Profile)] {
        var columnsOfKind: [(kind: String, columns: [Int])] = []
        for (column, type) in sampleTypes.enumerated() {
            guard let kind = kind(of: type) else { continue }
            if let known = columnsOfKind.firstIndex(where: { $0.kind == kind }) {
                columnsOfKind[known].columns.append(column)
            } else {
                columnsOfKind.append((kind, [column]))
            }
        }
        if let samples = sampleTypes.firstIndex(of: .samples) {
            // The samples count beside the first of the times that they were taken by.
            if columnsOfKind.isEmpty {
                columnsOfKind = [("samples", [samples])]
            } else {
                let cpu = columnsOfKind.firstIndex { $0.kind == "process_cpu" }
                let wall = columnsOfKind.firstIndex { $0.kind == "wall" }
                if let place = cpu ?? wall { columnsOfKind[place].columns.insert(samples, at: 0) }
            }
        }
        return columnsOfKind.compactMap { kind, columns in
            let part = taking(columns, kind)
            return part.isEmpty ? nil : (kind, part)
        }
    }

    private func kind(of type: ValueType) -> String? {
        switch type.type {
        case "samples": nil
        case "cpu": "process_cpu"
        case let name where name.hasPrefix("alloc_") || name.hasPrefix("inuse_"): "memory"
        case let name: legalLabelName(name)
        }
    }

    /// These columns, of the rows in which more than the count of samples is not 0.
    private func taking(_ columns: [Int], _ kind: String) -> Profile {
        let weighed = columns.filter { sampleTypes[$0] != .samples }
        let weights = weighed.isEmpty ? columns : weighed
        var row = -1
        var rows = mapSamples { sample, _ in
            row += 1
            guard weights.contains(where: { value(row: row, column: $0) != 0 }) else { return nil }
            return Sample(stack: sample.stack, labels: sample.labels)
        }
        rows.blockDuration = 0
        rows.defaultSampleType = weights[0]
        var part = rows.keeping(columns: columns)
        // Of the time that is in it, not of the one that the whole was taken by.
        if kind == "wall" || kind == "process_cpu" || part.periodType.type.isEmpty {
            part.periodType = sampleTypes[weights[0]]
        }
        return part
    }
}
