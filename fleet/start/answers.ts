/** Three questions to the lake that a newcomer would ask; each works the same on every target. */

export interface Question {
  readonly title: string;
  readonly sql: string;
}

export const questions: readonly Question[] = [
  {
    title: "How strongly does a wrist accelerate, by activity? (frames of binary IMU data)",
    sql: `select activity.value_text as activity,
       round(avg(sqrt(accel_x ** 2 + accel_y ** 2 + accel_z ** 2)), 3) as mean_acceleration,
       count(*) as samples,
       count(distinct frames.device_id) as devices
from frames_wearable_imu as frames
join readings as activity on activity.msg_id = frames.msg_id and activity.metric = 'activity'
group by all
order by mean_acceleration desc`,
  },
  {
    title: "Where is it coldest and where hottest? (temperatures of any device, whatever its format)",
    sql: `select device_id, sub_device, metric, value_double as celsius, codec
from readings
where unit = 'Cel' and quality = 0
qualify row_number() over (order by value_double) = 1
     or row_number() over (order by value_double desc) = 1
order by celsius`,
  },
  {
    title: "What does each kind of device send, and when did it last? (readings by format)",
    sql: `select codec,
       count(distinct device_id) as devices,
       count(distinct msg_id) as messages,
       count(*) as readings,
       max(ts) as last_time,
       arg_max(metric || ' = ' || coalesce(value_text, cast(coalesce(value_double, value_int) as varchar),
                                           cast(value_bool as varchar)), ts) as last_reading
from readings
group by all
order by messages desc`,
  },
];
