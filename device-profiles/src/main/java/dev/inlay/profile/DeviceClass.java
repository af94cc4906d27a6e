// SPDX-License-Identifier: Apache-2.0
package dev.inlay.profile;

import java.util.Arrays;

/** The class of a device, which chooses kernel skeletons and the cost model. */
public enum DeviceClass implements Labelled {
    CPU("cpu"),
    GPU("gpu"),
    FPGA("fpga");

    private final String label;

    DeviceClass(String label) {
        this.label = label;
    }

    @Override
    public String label() {
        return label;
    }

    static DeviceClass labelled(String label) {
        return Arrays.stream(values())
                .filter(each -> each.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("class: got \"" + label + "\", expected one of "
                        + Arrays.stream(values()).map(DeviceClass::label).toList()));
    }
}
