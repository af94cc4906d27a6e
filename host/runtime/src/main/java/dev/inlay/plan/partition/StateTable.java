// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

import java.util.Arrays;

/** The cheapest way to each tuple of numbers: open addressing over one array of them. */
final class StateTable {
    private final int width;
    private int[] keys;
    private double[] costs;
    private int[] parents;
    private int[] options;
    private int[] slots;
    private int size;

    /** @param width numbers of a tuple */
    StateTable(int width) {
        this.width = width;
        keys = new int[width * 64];
        costs = new double[64];
        parents = new int[64];
        options = new int[64];
        slots = new int[256];
        Arrays.fill(slots, -1);
    }

    int size() {
        return size;
    }

    double cost(int index) {
        return costs[index];
    }

    int parent(int index) {
        return parents[index];
    }

    int option(int index) {
        return options[index];
    }

    int number(int index, int position) {
        return keys[index * width + position];
    }

    int[] key(int index) {
        return Arrays.copyOfRange(keys, index * width, (index + 1) * width);
    }

    int[] parents() {
        return Arrays.copyOf(parents, size);
    }

    int[] options() {
        return Arrays.copyOf(options, size);
    }

    double least() {
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < size; i++) {
            least = Math.min(least, costs[i]);
        }
        return least;
    }

    /** The cost that {@code count} tuples are not above; infinite if there are no more. */
    double nth(int count) {
        if (size <= count) {
            return Double.POSITIVE_INFINITY;
        }
        double[] sorted = Arrays.copyOf(costs, size);
        Arrays.sort(sorted);
        return sorted[count - 1];
    }

    /** Keeps a way unless a cheaper one to the same tuple is known. */
    void put(int[] key, double cost, int parent, int option) {
        int slot = slot(key);
        int index = slots[slot];
        if (index < 0) {
            if (size == costs.length) {
                grow();
                slot = slot(key);
            }
            index = size++;
            slots[slot] = index;
            System.arraycopy(key, 0, keys, index * width, width);
        } else if (costs[index] <= cost) {
            return;
        }
        costs[index] = cost;
        parents[index] = parent;
        options[index] = option;
    }

    private int slot(int[] key) {
        int hash = 1;
        for (int number : key) {
            hash = 31 * hash + number;
        }
        hash *= 0x9E3779B9;
        int slot = (hash ^ (hash >>> 15)) & (slots.length - 1);
        while (slots[slot] >= 0 && !matches(slots[slot], key)) {
            slot = (slot + 1) & (slots.length - 1);
        }
        return slot;
    }

    private boolean matches(int index, int[] key) {
        for (int i = 0; i < width; i++) {
            if (keys[index * width + i] != key[i]) {
                return false;
            }
        }
        return true;
    }

    private void grow() {
        keys = Arrays.copyOf(keys, 2 * keys.length);
        costs = Arrays.copyOf(costs, 2 * size);
        parents = Arrays.copyOf(parents, 2 * size);
        options = Arrays.copyOf(options, 2 * size);
        slots = new int[8 * size];
        Arrays.fill(slots, -1);
        for (int i = 0; i < size; i++) {
            slots[slot(key(i))] = i;
        }
    }
}
