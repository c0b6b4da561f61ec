extension Profile {
    /// The same samples without thunks, as graphs and tables show them. Profiles themselves keep thunks, marked by
    /// ``Frame/thunk``, so that they can be shown later.
    ///
    /// A bare thunk goes and its own time counts as its caller's. A namesake goes where it called the function that it is
    /// named after, and stays where it did not: there it has taken that function's body in.
    /// O(stacks + samples), O(frames) where there is no thunk.
    public func hidingThunks() -> Profile {
        guard frames.contains(where: { $0.thunk != nil }) else { return self }
        // For each stack the one that stands for it, itself unless its leaf is a bare thunk, and the caller that this one has.
        var shown = [0]
        var callers = [0]
        shown.reserveCapacity(stacks.count)
        callers.reserveCapacity(stacks.count)
        for index in 1..<max(stacks.count, 1) {
            let caller = shown[Int(stacks.parents[index].rawValue)]
            let frame = frame(stacks.frames[index])
            shown.append(frame.thunk == .bare ? caller : index)
            let isNamesake =
                caller != 0 && self.frame(stacks.frames[caller]).thunk == .namesake
                && self.frame(stacks.frames[caller]).name == frame.name
            callers.append(isNamesake ? callers[caller] : caller)
        }
        var isNeeded = Array(repeating: false, count: stacks.count)
        for sample in samples { isNeeded[shown[Int(sample.stack.rawValue)]] = true }
        for index in stacks.parents.indices.reversed() where isNeeded[index] { isNeeded[callers[index]] = true }

        var result = Profile(like: self)
        let movedImages = images.map { result.intern($0) }
        let movedStrings = strings.strings.map { result.intern($0) }
        let labelSets = labels.sets.map { result.intern(labels: $0) }
        var moved: [FrameID?] = Array(repeating: nil, count: frames.count)
        var kept = Array(repeating: StackID.empty, count: stacks.count)
        for index in 1..<max(stacks.count, 1) where isNeeded[index] {
            let frame = stacks.frames[index]
            if moved[Int(frame.rawValue)] == nil {
                var copy = self.frame(frame)
                // One that is left is the function that it is named after.
                copy.thunk = nil
                copy.name = movedStrings[Int(copy.name.rawValue)]
                copy.fullName = movedStrings[Int(copy.fullName.rawValue)]
                copy.file = movedStrings[Int(copy.file.rawValue)]
                copy.image = copy.image.map { movedImages[Int($0.rawValue)] }
                moved[Int(frame.rawValue)] = result.intern(copy)
            }
            guard let identifier = moved[Int(frame.rawValue)] else { continue }
            kept[index] = result.push(identifier, on: kept[callers[index]])
        }
        for (row, sample) in samples.enumerated() {
            let moved = Sample(
                stack: kept[shown[Int(sample.stack.rawValue)]], labels: labelSets[Int(sample.labels.rawValue)],
                block: sample.block)
            result.add(moved, values: values(row: row))
        }
        return result
    }

    /// The same profile with its thunks as functions like any other, which nothing hides. O(stacks + samples).
    public func showingThunks() -> Profile {
        guard frames.contains(where: { $0.thunk != nil }) else { return self }
        return mapFrames { frame, result in
            var copy = moved(frame, to: &result)
            copy.thunk = nil
            return [copy]
        }
    }

    /// The same profile with whole names in the place of short ones: modules, types of arguments, parts of functions.
    /// Thunks are hidden before, since they are told by the short names. O(stacks + samples).
    public func withFullNames() -> Profile {
        let plain = hidingThunks()
        return plain.mapFrames { frame, result in
            var copy = plain.moved(frame, to: &result)
            if frame.isSymbolized, frame.fullName != .empty { copy.name = copy.fullName }
            return [copy]
        }
    }
}
