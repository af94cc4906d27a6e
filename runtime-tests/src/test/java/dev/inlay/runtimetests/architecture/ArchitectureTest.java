// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The order of packages: tensor, graph, encoding, plan, backend, and above them the engine. */
final class ArchitectureTest {
    private static final ArchRule ONLY_ITS_BINDING_SEES_LWJGL = noClasses()
            .that()
            .resideOutsideOfPackage("dev.inlay.backend.opencl.binding.lwjgl..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.lwjgl..");

    private static final ArchRule ONLY_ITS_BINDING_SEES_JOCL = noClasses()
            .that()
            .resideOutsideOfPackage("dev.inlay.backend.opencl.binding.jocl..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.jocl..");

    private static final ArchRule NO_BINDING_IS_NAMED_OUTSIDE = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "dev.inlay.backend.opencl.binding.lwjgl..", "dev.inlay.backend.opencl.binding.jocl..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.inlay.backend.opencl.binding.lwjgl..", "dev.inlay.backend.opencl.binding.jocl..");

    private static final ArchRule TENSORS_KNOW_NOTHING_ELSE_OF_OURS = noClasses()
            .that()
            .resideInAPackage("dev.inlay.tensor..")
            .should()
            .dependOnClassesThat(resideInAPackage("dev.inlay..").and(resideOutsideOfPackage("dev.inlay.tensor..")));

    private static final ArchRule GRAPHS_KNOW_NO_FILES_PLANS_OR_DEVICES = noClasses()
            .that()
            .resideInAPackage("dev.inlay.graph..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.inlay.onnx..", "ai.onnx..", "dev.inlay.plan..", "dev.inlay.backend..");

    private static final ArchRule PLANS_KNOW_NO_BACKEND = noClasses()
            .that()
            .resideInAPackage("dev.inlay.plan..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.inlay.backend..", "dev.inlay.onnx..");

    private static final ArchRule THE_REFERENCE_KNOWS_NO_OPENCL = noClasses()
            .that()
            .resideInAPackage("dev.inlay.backend.reference..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.inlay.backend.opencl..");

    private static final ArchRule BINDINGS_KNOW_ONLY_OPENCL = noClasses()
            .that()
            .resideInAPackage("dev.inlay.backend.opencl.binding..")
            .should()
            .dependOnClassesThat(
                    resideInAPackage("dev.inlay..").and(resideOutsideOfPackage("dev.inlay.backend.opencl.binding..")));

    private static final ArchRule NO_PACKAGES_IN_CIRCLES =
            slices().matching("dev.inlay.(*)..").should().beFreeOfCycles();

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.inlay");

    @TestFactory
    Stream<DynamicTest> everyRuleHolds() {
        return Stream.of(
                        ONLY_ITS_BINDING_SEES_LWJGL,
                        ONLY_ITS_BINDING_SEES_JOCL,
                        NO_BINDING_IS_NAMED_OUTSIDE,
                        TENSORS_KNOW_NOTHING_ELSE_OF_OURS,
                        GRAPHS_KNOW_NO_FILES_PLANS_OR_DEVICES,
                        PLANS_KNOW_NO_BACKEND,
                        THE_REFERENCE_KNOWS_NO_OPENCL,
                        BINDINGS_KNOW_ONLY_OPENCL,
                        NO_PACKAGES_IN_CIRCLES)
                .map(rule -> DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(CLASSES)));
    }
}
