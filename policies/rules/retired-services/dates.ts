/** Services that are closed or end, as of 2026-11-26, on which day each vendor's notice was looked up. */
export interface Retirement {
  /** Canonical tokens. */
  readonly types: readonly string[];
  /** Only resources with one of these values. */
  readonly only?: { readonly property: string; readonly is: readonly string[] };
  readonly service: string;
  /** Last day of the service, or the day it closed to new customers; `YYYY-MM-DD`. */
  readonly date: string;
  readonly kind: "ends" | "closed to new customers";
  readonly instead: string;
  /** Vendor's page. */
  readonly source: string;
}

export const retirements: readonly Retirement[] = [
  {
    types: ["aws:kinesisanalytics/analyticsApplication:AnalyticsApplication"],
    service: "Kinesis Data Analytics for SQL",
    date: "2026-01-27",
    kind: "ends",
    instead: "aws.kinesisanalyticsv2.Application (Managed Service for Apache Flink)",
    source: "https://docs.aws.amazon.com/kinesisanalytics/latest/dev/discontinuation.html",
  },
  {
    types: ["aws:timestreamwrite/database:Database", "aws:timestreamwrite/table:Table"],
    service: "Timestream for LiveAnalytics",
    date: "2025-06-20",
    kind: "closed to new customers",
    instead: "Parquet in S3 with Athena, or Timestream for InfluxDB",
    source:
      "https://docs.aws.amazon.com/timestream/latest/developerguide/AmazonTimestreamForLiveAnalytics-availability-change.html",
  },
  {
    types: ["aws:evidently/feature:Feature", "aws:evidently/project:Project", "aws:evidently/launch:Launch"],
    service: "CloudWatch Evidently",
    date: "2025-10-16",
    kind: "ends",
    instead: "AWS AppConfig",
    source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Evidently.html",
  },
  {
    types: ["aws:qldb/ledger:Ledger", "aws:qldb/stream:Stream"],
    service: "QLDB",
    date: "2025-07-31",
    kind: "ends",
    instead: "Aurora PostgreSQL, or S3 object lock",
    source: "https://docs.aws.amazon.com/qldb/latest/developerguide/document-history.html",
  },
  {
    types: [
      "azure-native:timeseriesinsights:Gen1Environment",
      "azure-native:timeseriesinsights:Gen2Environment",
    ],
    service: "Time Series Insights",
    date: "2024-07-07",
    kind: "ends",
    instead: "azure-native.kusto.Cluster (Azure Data Explorer)",
    source: "https://learn.microsoft.com/azure/time-series-insights/migration-to-adx",
  },
  {
    types: ["azure-native:hdinsight:ClusterPool", "azure-native:hdinsight:ClusterPoolCluster"],
    service: "HDInsight on AKS (Flink)",
    date: "2025-01-31",
    kind: "ends",
    instead: "azure-native.streamanalytics.StreamingJob, or Fabric",
    source: "https://learn.microsoft.com/azure/hdinsight-aks/",
  },
  {
    types: ["azure-native:cognitiveservices:Account"],
    only: { property: "kind", is: ["MetricsAdvisor", "AnomalyDetector"] },
    service: "Metrics Advisor and Anomaly Detector",
    date: "2026-10-01",
    kind: "ends",
    instead: "azure-native.kusto.Cluster (series functions), or azure-native.insights.ScheduledQueryRule",
    source: "https://learn.microsoft.com/azure/ai-services/metrics-advisor/overview",
  },
  {
    types: ["azure-native:web:AppServicePlan"],
    only: { property: "sku.name", is: ["Y1"] },
    service: "Functions on the Linux Consumption plan",
    date: "2028-09-30",
    kind: "ends",
    instead: 'sku.name "FC1" (Flex Consumption)',
    source: "https://learn.microsoft.com/azure/azure-functions/consumption-plan",
  },
  {
    types: ["azure-native:redis:Redis"],
    service: "Azure Cache for Redis",
    date: "2028-09-30",
    kind: "ends",
    instead: "azure-native.redisenterprise.RedisEnterprise (Azure Managed Redis)",
    source: "https://learn.microsoft.com/azure/azure-cache-for-redis/retirement-faq",
  },
];
