internal import HearthProfile

extension Profile {
    /// The same samples without the thunks that called a function of their own name: a partial application before its
    /// closure, a witness before its method. A thunk at the leaf stays, for the optimiser moves whole bodies into them.
    /// O(stacks + samples).
    func foldingThunks(_ isThunk: (FrameID) -> Bool) -> Profile {
        let thunks = frames.indices.map { isThunk(FrameID(rawValue: UInt32($0))) }
        // The caller of each stack's leaf that is left, and whether a sample still needs the stack.
        var callers: [Int] = [0]
        callers.reserveCapacity(stacks.count)
        var foldsAny = false
        for index in 1..<max(stacks.count, 1) {
            let caller = Int(stacks.parents[index].rawValue)
            let callerFrame = stacks.frames[caller]
            let isFolded =
                caller != 0 && thunks[Int(callerFrame.rawValue)]
                && frame(callerFrame).name == frame(stacks.frames[index]).name
            callers.append(isFolded ? callers[caller] : caller)
            foldsAny = foldsAny || isFolded
        }
        guard foldsAny else { return self }
        var isNeeded = Array(repeating: false, count: stacks.count)
        for sample in samples { isNeeded[Int(sample.stack.rawValue)] = true }
        for index in stacks.parents.indices.reversed() where isNeeded[index] { isNeeded[callers[index]] = true }

        var result = Profile(like: self)
        let movedImages = images.map { result.intern($0) }
        let movedStrings = strings.strings.map { result.intern($0) }
        let labelSets = labels.sets.map { result.intern(labels: $0) }
        var moved: [FrameID?] = Array(repeating: nil, count: frames.count)
        var folded = Array(repeating: StackID.empty, count: stacks.count)
        for index in 1..<max(stacks.count, 1) where isNeeded[index] {
            let frame = stacks.frames[index]
            if moved[Int(frame.rawValue)] == nil {
                var copy = self.frame(frame)
                copy.name = movedStrings[Int(copy.name.rawValue)]
                copy.fullName = movedStrings[Int(copy.fullName.rawValue)]
                copy.file = movedStrings[Int(copy.file.rawValue)]
                copy.image = copy.image.map { movedImages[Int($0.rawValue)] }
                moved[Int(frame.rawValue)] = result.intern(copy)
            }
            guard let identifier = moved[Int(frame.rawValue)] else { continue }
            folded[index] = result.push(identifier, on: folded[callers[index]])
        }
        for (row, sample) in samples.enumerated() {
            let kept = Sample(
                stack: folded[Int(sample.stack.rawValue)], labels: labelSets[Int(sample.labels.rawValue)],
                block: sample.block)
            result.add(kept, values: values(row: row))
        }
        return result
    }
}
