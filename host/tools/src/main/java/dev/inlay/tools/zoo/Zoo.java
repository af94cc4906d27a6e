// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.zoo;

import dev.inlay.graph.Graph;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.stream.Stream;

/** The networks that can be built by name, each for one sample of {@code float32}. */
public enum Zoo {
    LENET5(LeNet5::build),
    ALEXNET(ImageNets::alexNet),
    VGG16(ImageNets::vgg16),
    RESNET18(ImageNets::resNet18),
    RESNET50(ImageNets::resNet50),
    MOBILENETV1(ImageNets::mobileNetV1),
    CNV(Cnv::build);

    @SuppressWarnings("ImmutableEnumChecker") // method references without state
    private final LongFunction<Graph> builder;

    Zoo(LongFunction<Graph> builder) {
        this.builder = builder;
    }

    /** The name on the command line. */
    public String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The network with weights drawn from a seed; the same seed gives the same bits everywhere. */
    public Graph graph(long seed) {
        return builder.apply(seed);
    }

    public static Optional<Zoo> find(String title) {
        return Stream.of(values()).filter(zoo -> zoo.title().equals(title)).findFirst();
    }

    public static List<String> titles() {
        return Stream.of(values()).map(Zoo::title).toList();
    }
}
