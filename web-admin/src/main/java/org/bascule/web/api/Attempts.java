package org.bascule.web.api;

import jakarta.enterprise.util.Nonbinding;
import jakarta.interceptor.InterceptorBinding;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.bascule.domain.audit.Operation;

/** On every operation of the API that changes something: a refusal of it is recorded ({@link RefusalsRecorded}). */
@InterceptorBinding
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
@interface Attempts {

    /** What is attempted. */
    @Nonbinding
    Operation value() default Operation.ACCESS;

    /** The path parameter, or else the member of the body, that names the resource; empty if there is none. */
    @Nonbinding
    String on() default "";
}
