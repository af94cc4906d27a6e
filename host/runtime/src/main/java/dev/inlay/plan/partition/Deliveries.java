// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.partition;

import dev.inlay.plan.partition.Instance.Option;

/** What happens to a value between the node that makes it and those that read it. */
final class Deliveries {
    /** Who counts. */
    interface Visitor {
        /** @param cut whether a node made it and a node reads it there */
        void handOver(int value, int from, int to, boolean cut);

        void convert(int value, int device, int from, int to);
    }

    private final Instance instance;

    Deliveries(Instance instance) {
        this.instance = instance;
    }

    /** Shows a value's hand-overs and conversions, each once. */
    void visit(int value, Option[] chosen, Visitor visitor) {
        int producer = instance.producer(value);
        int home = producer < 0 ? instance.host() : chosen[producer].device();
        int made = producer < 0 ? instance.exchange() : chosen[producer].writes();
        int[] readers = instance.readers(value);
        boolean leaves = instance.isOutput(value);
        boolean atHost = home == instance.host();
        for (int i = 0; i < readers.length; i++) {
            Option reader = chosen[readers[i]];
            boolean away = reader.device() != home;
            boolean knownDevice = false;
            boolean knownLayout = false;
            for (int j = 0; j < i; j++) {
                Option before = chosen[readers[j]];
                knownDevice |= before.device() == reader.device();
                knownLayout |= before.device() == reader.device() && before.reads() == reader.reads();
            }
            leaves |= away;
            if (away && !knownDevice) {
                atHost |= reader.device() == instance.host();
                visitor.handOver(value, home, reader.device(), producer >= 0);
            }
            int held = away ? instance.exchange() : made;
            // What leaves is brought into the layout of the exchange below, and not twice.
            boolean exchanged = !away && reader.reads() == instance.exchange();
            leaves |= exchanged;
            if (!knownLayout && reader.reads() != held && !exchanged) {
                visitor.convert(value, reader.device(), held, reader.reads());
            }
        }
        if (leaves && made != instance.exchange()) {
            visitor.convert(value, home, made, instance.exchange());
        }
        if (instance.isOutput(value) && !atHost) {
            visitor.handOver(value, home, instance.host(), false);
        }
    }
}
