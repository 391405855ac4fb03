package org.bascule.domain.refusal;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A parameter that takes the English template of a {@link Sentence}; what follows it are the arguments.
 *
 * <p>Whoever calls writes the template there as a literal, or passes on a parameter that is marked like this: {@code SentencesTest} reads the
 * sources, finds every template by this mark, and fails for one that cannot be read there or has no German.
 */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.SOURCE)
public @interface Template {}
