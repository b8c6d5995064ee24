/** Kubernetes objects as the API speaks them: the client's types as plain JSON, where times are RFC 3339 strings. */
import type * as kubernetes from '@kubernetes/client-node';

/** What JSON makes of a type: no classes, no Dates. */
type Json<T> = T extends Date
  ? string
  : T extends (infer Item)[]
    ? Json<Item>[]
    : T extends object
      ? { [Key in keyof T]: Json<T[Key]> }
      : T;

export type Pod = Json<kubernetes.V1Pod>;
export type PodSpec = Json<kubernetes.V1PodSpec>;
export type PodSecurityContext = Json<kubernetes.V1PodSecurityContext>;
export type Container = Json<kubernetes.V1Container>;
export type ContainerStatus = Json<kubernetes.V1ContainerStatus>;
export type ResourceRequirements = Json<kubernetes.V1ResourceRequirements>;
export type SecurityContext = Json<kubernetes.V1SecurityContext>;
export type Volume = Json<kubernetes.V1Volume>;
export type VolumeMount = Json<kubernetes.V1VolumeMount>;
export type Secret = Json<kubernetes.V1Secret>;
export type Node = Json<kubernetes.V1Node>;
export type Namespace = Json<kubernetes.V1Namespace>;
export type Status = Json<kubernetes.V1Status>;
