// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.shape;

import java.util.Arrays;

/** Numbers from 0 that are tied to each other in sets, some of them fixed: a union-find forest. */
final class Ties {
    private int[] parents = new int[16];
    private boolean[] fixed = new boolean[16];
    private int size;

    /** As many new numbers, in order, each on its own. */
    int[] fresh(int count) {
        if (size + count > parents.length) {
            int room = Math.max(Math.addExact(size, count), 2 * parents.length);
            parents = Arrays.copyOf(parents, room);
            fixed = Arrays.copyOf(fixed, room);
        }
        int[] ids = new int[count];
        for (int i = 0; i < count; i++) {
            parents[size] = size;
            ids[i] = size++;
        }
        return ids;
    }

    /** The one that stands for the set of a number: the least of them. */
    int root(int id) {
        int root = id;
        while (parents[root] != root) {
            parents[root] = parents[parents[root]];
            root = parents[root];
        }
        return root;
    }

    int[] roots(int[] ids) {
        return Arrays.stream(ids).map(this::root).toArray();
    }

    void tie(int one, int other) {
        int least = Math.min(root(one), root(other));
        int most = Math.max(root(one), root(other));
        parents[most] = least;
        fixed[least] |= fixed[most];
    }

    void fix(int id) {
        fixed[root(id)] = true;
    }

    /** Whether a number of its set is fixed. */
    boolean isFixed(int id) {
        return fixed[root(id)];
    }
}
